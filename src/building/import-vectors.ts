/**
 * Vectors that somebody made before: row for row those of the CSV.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Catalog, SongText } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { type ImportedVectors, type NpyMatrix, normalize, openNpy } from '../embedding/imported/imported-vectors.js';
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { checksumOf } from '../index-folder/index-folder.js';
import type { Field } from '../song.js';
import type { BuildOptions, VectorFiles } from './build-options.js';

/** Opened files of vectors. Whoever opens them closes them. */
export interface VectorImport extends ImportedVectors {
  readonly matrices: Readonly<Partial<Record<Field, NpyMatrix>>>;
  close(): void;
}

const ROWS_A_TRANSACTION = 1000;

const WHAT: Record<Field, string> = { lyrics: 'lyrics', summary: 'summaries' };
const OPTION: Record<Field, string> = { lyrics: 'lyrics-vectors', summary: 'summary-vectors' };

/** Opens files of vectors; null where none are named. @throws LyrecError `input-missing`, or `input-malformed` if they cannot be used together. */
export async function openVectors(files: VectorFiles): Promise<VectorImport | null> {
  const matrices: Partial<Record<Field, NpyMatrix>> = {};
  const close = () => {
    for (const matrix of Object.values(matrices)) matrix.close();
  };
  try {
    const hash = createHash('sha256');
    for (const field of ['lyrics', 'summary'] as const) {
      const file = files[field];
      if (file === undefined) continue;
      matrices[field] = openNpy(file);
      hash.update(`${field} ${await checksumOf(file)}\n`);
    }
    const [one, other] = Object.values(matrices);
    if (one && other && one.dimensions !== other.dimensions) {
      const what = `${one.file} has ${one.dimensions} numbers a row, ${other.file} ${other.dimensions}.`;
      throw new LyrecError('input-malformed', what, { hint: 'Both must come from the same model.' });
    }
    if (!one) return null;
    return { matrices, dimensions: one.dimensions, checksum: hash.digest('hex').slice(0, 32), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Puts the vectors of an edition's texts into the catalog, under the model's id. A text that had another vector, as when the
 * rows of the CSV were in the wrong order, gets the one of its row.
 *
 * @param collection how many rows the CSV has, those that were left out included, and the songs that came without a summary:
 *   whatever they show now, no row was made of it.
 * @throws LyrecError `input-malformed` if a file has another number of rows, belongs to nothing, or holds values that are not numbers.
 */
export function importVectors(
  catalog: Catalog,
  edition: number,
  { id, name }: { readonly id: string; readonly name: string },
  { matrices }: VectorImport,
  { rows, unwritten }: { readonly rows: number; readonly unwritten: readonly number[] },
  { onProgress, signal }: Pick<BuildOptions, 'onProgress' | 'signal'>,
): void {
  const without = { lyrics: new Set<number>(), summary: new Set(unwritten) };
  for (const [field, matrix] of Object.entries(matrices) as [Field, NpyMatrix][]) {
    if (matrix.rows !== rows) {
      throw new LyrecError('input-malformed', `${matrix.file} has ${matrix.rows} rows, the collection has ${rows}.`, {
        hint: 'Vectors belong to the rows of the CSV, the first to the first, also those that LyRec leaves out.',
      });
    }
    let imported = 0;
    let batch: SongText[] = [];
    const flush = () => {
      throwIfInterrupted(signal);
      onProgress?.({ stage: 'importing', field, model: name, unit: 'vectors', done: imported, total: rows });
      const vectors = batch.map((text) => unitRow(matrix, text.id - 1));
      catalog.addVectors(id, batch, vectors);
      imported += batch.length;
      batch = [];
    };
    for (const text of catalog.textsInOrder(edition, field)) {
      if (without[field].has(text.id)) continue;
      batch.push(text);
      if (batch.length === ROWS_A_TRANSACTION) flush();
    }
    flush();
    if (imported === 0) {
      throw new LyrecError('input-malformed', `${matrix.file} belongs to summaries, and no song came with one.`, {
        hint: 'Name the column that holds them with --columns summary=NAME.',
      });
    }
  }
}

/**
 * Opens the model itself where texts are left for it, before anybody is paid for summaries that could not be embedded.
 *
 * @param options `asking`: whether more summaries are to be written.
 * @throws LyrecError `model-missing` or `hub-unreachable`, saying which texts need it, and as opening it does.
 */
export async function openForTheRest(
  catalog: Catalog,
  edition: number,
  encoder: Embedder,
  { asking }: { readonly asking: boolean },
): Promise<void> {
  const left = (['lyrics', 'summary'] as const).find((field) => {
    const { texts, vectors } = catalog.countTexts(edition, field, encoder.id);
    return vectors < texts;
  });
  if (left === undefined && !asking) return;
  try {
    await encoder.embedDocuments([], left ?? 'summary');
  } catch (cause) {
    if (!(cause instanceof LyrecError) || !['model-missing', 'hub-unreachable'].includes(cause.code)) throw cause;
    const what = left === undefined ? 'The summaries that are to be written' : `Some ${WHAT[left]}`;
    const otherwise = `with lyrec models pull ${encoder.name}, or name a server that runs it with --model.`;
    throw new LyrecError(cause.code, `${what} have no ready-made vectors, and their model is not at hand.`, {
      hint: left ? `Bring theirs too with --${OPTION[left]}, or fetch it ${otherwise}` : `Fetch it ${otherwise}`,
      cause,
    });
  }
}

function unitRow(matrix: NpyMatrix, at: number): Float32Array {
  const row = matrix.row(at);
  if (row.every(Number.isFinite)) return normalize(row);
  throw new LyrecError('input-malformed', `Row ${at + 1} of ${matrix.file} holds values that are not numbers.`);
}
