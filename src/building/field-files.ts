/**
 * The vector files of one field, written beside their names and renamed when whole.
 * @module
 */
import { renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { checksumOf, type FieldFiles, type IndexFile } from '../index-folder/index-folder.js';
import type { Field } from '../song.js';
import { ExactIndex, HnswIndex } from '../vectors/vector-index.js';
import type { BuildOptions } from './builder.js';

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
  const name = `${field}.${fileNameOf(embedder.name)}.${edition}`;
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

async function putInPlace(file: string): Promise<IndexFile> {
  renameSync(`${file}.new`, file);
  return { name: basename(file), bytes: statSync(file).size, sha256: await checksumOf(file) };
}

/** A model's name as part of a file name: its last part, without what file systems dislike. */
function fileNameOf(model: string): string {
  return (model.split(/[\\/]/).filter(Boolean).at(-1) ?? 'model').replace(/[^\w.-]/g, '-');
}
