/**
 * The vector files and the wording file of one field, written beside their names and renamed when whole.
 * @module
 */
import { renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { throwIfInterrupted } from '../errors.js';
import { checksumOf, type FieldFiles, type IndexFile } from '../index-folder/index-folder.js';
import type { Field } from '../song.js';
import { ExactIndex, HnswIndex } from '../vectors/vector-index.js';
import { writeWording } from '../wording/wording-index.js';
import type { BuildOptions } from './build-options.js';

/** Writes both files of a field from the catalog's vectors. */
export async function writeFieldFiles(
  folder: string,
  catalog: Catalog,
  edition: number,
  field: Field,
  embedder: Embedder,
  { onProgress, signal }: Pick<BuildOptions, 'onProgress' | 'signal'>,
): Promise<FieldFiles> {
  const vectors = () => catalog.vectorsInOrder(edition, field, embedder.id);
  const name = `${field}.${embedder.kind}.${edition}`;
  const exact = join(folder, `${name}.codes`);
  const count = ExactIndex.write(`${exact}.new`, embedder.dimensions, vectors());
  const hnsw = join(folder, `${name}.hnsw`);
  const written = await HnswIndex.write(`${hnsw}.new`, embedder.dimensions, vectors(), {
    count,
    onProgress: (done) =>
      onProgress?.({ stage: 'indexing', field, model: embedder.name, unit: 'vectors', done, total: count }),
    ...(signal && { signal }),
  });
  return { count, exact: await putInPlace(exact), hnsw: written ? await putInPlace(hnsw) : null };
}

// Taking a text apart takes a tenth of a millisecond.
const BETWEEN_PAUSES = 256;

/** Writes the wording file of a field, which is the same whatever the models. */
export async function writeWordingFile(
  folder: string,
  catalog: Catalog,
  { edition, field, texts }: { edition: number; field: Field; texts: number },
  { onProgress, signal }: Pick<BuildOptions, 'onProgress' | 'signal'>,
): Promise<IndexFile> {
  const file = join(folder, `${field}.${edition}.grams`);
  await writeWording(`${file}.new`, catalog.textsInOrder(edition, field), {
    onText: async (done) => {
      if (done % BETWEEN_PAUSES !== 0) return;
      onProgress?.({ stage: 'indexing', field, unit: 'texts', done, total: texts });
      await new Promise(setImmediate);
      throwIfInterrupted(signal);
    },
  });
  return putInPlace(file);
}

async function putInPlace(file: string): Promise<IndexFile> {
  renameSync(`${file}.new`, file);
  return { name: basename(file), bytes: statSync(file).size, sha256: await checksumOf(file) };
}
