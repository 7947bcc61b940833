/**
 * Vectors that somebody made before: row for row those of the CSV.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.js';
import { type ImportedVectors, type NpyMatrix, normalize, openNpy } from '../embedding/imported/imported-vectors.js';
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { checksumOf } from '../index-folder/index-folder.js';
import type { Field } from '../song.js';
import type { BuildOptions } from './builder.js';

/** `.npy` files, by what their vectors are of. */
export type VectorFiles = Readonly<Partial<Record<Field, string>>>;

/** Opened files of vectors. Whoever opens them closes them. */
export interface VectorImport extends ImportedVectors {
  readonly matrices: Readonly<Partial<Record<Field, NpyMatrix>>>;
  close(): void;
}

const ROWS_A_TRANSACTION = 1000;

/** Opens files of vectors; undefined where none are named. @throws LyrecError `input-missing`, or `input-malformed` if they cannot be used together. */
export async function openVectors(files: VectorFiles = {}): Promise<VectorImport | undefined> {
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
    return one && { matrices, dimensions: one.dimensions, checksum: hash.digest('hex').slice(0, 32), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Puts the vectors of an edition's texts into the catalog, under the model's id.
 *
 * @param rows how many rows the CSV has, those that were left out included.
 * @throws LyrecError `input-malformed` if a file has another number of rows, belongs to nothing, or holds values that are not numbers.
 */
export function importVectors(
  catalog: Catalog,
  edition: number,
  { id, name }: { readonly id: string; readonly name: string },
  { matrices }: VectorImport,
  { rows, fields }: { readonly rows: number; readonly fields: readonly Field[] },
  { onProgress, signal }: Pick<BuildOptions, 'onProgress' | 'signal'>,
): void {
  for (const [field, matrix] of Object.entries(matrices) as [Field, NpyMatrix][]) {
    if (!fields.includes(field)) {
      throw new LyrecError('input-malformed', `${matrix.file} belongs to summaries, and no song has one.`, {
        hint: 'Name the column that holds them with --columns summary=NAME.',
      });
    }
    if (matrix.rows !== rows) {
      throw new LyrecError('input-malformed', `${matrix.file} has ${matrix.rows} rows, the collection has ${rows}.`, {
        hint: 'Vectors belong to the rows of the CSV, the first to the first, also those that LyRec leaves out.',
      });
    }
    for (let after = 0; ; ) {
      throwIfInterrupted(signal);
      onProgress?.({ stage: 'importing', field, model: name, unit: 'vectors', done: after, total: rows });
      const texts = catalog.pendingTexts(edition, field, id, after, ROWS_A_TRANSACTION);
      const last = texts.at(-1);
      if (!last) break;
      const vectors = texts.map(({ songId }) => unitRow(matrix, songId - 1));
      catalog.addVectors(id, texts, vectors);
      after = last.songId;
    }
  }
}

function unitRow(matrix: NpyMatrix, at: number): Float32Array {
  const row = matrix.row(at);
  if (row.every(Number.isFinite)) return normalize(row);
  throw new LyrecError('input-malformed', `Row ${at + 1} of ${matrix.file} holds values that are not numbers.`);
}
