/**
 * NumPy's `.npy` files (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a matrix of floating-point
 * numbers, little-endian, row after row.
 *
 *     \x93NUMPY 1 0 │ length │ {'descr': '<f4', 'fortran_order': False, 'shape': (57650, 1536), } │ numbers
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LyrecError } from '../../errors.js';
import { decodeFloat16 } from '../../float16.js';

/** An opened matrix. Whoever opens it closes it. */
export interface NpyMatrix {
  readonly file: string;
  readonly rows: number;
  readonly dimensions: number;
  /** Row `at`, from 0. */
  row(at: number): Float32Array;
  close(): void;
}

const BYTES: Readonly<Record<string, number>> = { '<f2': 2, '<f4': 4, '<f8': 8 };
const LONGEST_HEADER = 1 << 20;

/**
 * Opens a matrix; rows are read when asked for.
 *
 * @throws LyrecError `input-missing`, or `input-malformed` for anything but float16, float32 or float64 in two dimensions, row after row.
 */
export function openNpy(file: string): NpyMatrix {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (cause) {
    throw new LyrecError('input-missing', `There is no file ${file}.`, { hint: 'Check the path.', cause });
  }
  try {
    const { type, rows, dimensions, start } = readHeader(file, handle);
    const width = BYTES[type]!;
    const { size } = fstatSync(handle);
    if (size < start + rows * dimensions * width) throw unusable(file, 'is cut short');
    const bytes = Buffer.alloc(dimensions * width);
    return {
      file,
      rows,
      dimensions,
      row(at) {
        readSync(handle, bytes, 0, bytes.length, start + at * bytes.length);
        return numbersOf(type, bytes);
      },
      close: () => closeSync(handle),
    };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

function readHeader(file: string, handle: number): { type: string; rows: number; dimensions: number; start: number } {
  const head = Buffer.alloc(12);
  const read = readSync(handle, head, 0, 12, 0);
  if (read < 12 || head.toString('latin1', 0, 6) !== '\x93NUMPY') throw unusable(file, 'is no .npy file');
  // Version 1 counts the header with two bytes, later ones with four.
  const early = head[6] === 1;
  const length = early ? head.readUInt16LE(8) : head.readUInt32LE(8);
  const start = (early ? 10 : 12) + length;
  if (length > LONGEST_HEADER) throw unusable(file, 'is no .npy file');
  const text = Buffer.alloc(length);
  readSync(handle, text, 0, length, start - length);
  const header = text.toString('latin1');
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  const shape =
    /'shape':\s*\(([^)]*)\)/
      .exec(header)?.[1]
      ?.split(',')
      .filter((part) => part.trim()) ?? [];
  if (!(type in BYTES)) throw unusable(file, `holds ${type ? `"${type}"` : 'something else than numbers'}`);
  if (/'fortran_order':\s*True/.test(header)) throw unusable(file, 'is written column after column (Fortran order)');
  const [rows, dimensions] = shape.map(Number);
  if (shape.length !== 2 || !rows || !dimensions) throw unusable(file, `has the shape (${shape.join(',')})`);
  return { type, rows, dimensions, start };
}

function numbersOf(type: string, bytes: Buffer): Float32Array {
  const { buffer } = new Uint8Array(bytes);
  if (type === '<f2') return decodeFloat16(new Uint16Array(buffer));
  return type === '<f4' ? new Float32Array(buffer) : Float32Array.from(new Float64Array(buffer));
}

function unusable(file: string, what: string): LyrecError {
  return new LyrecError('input-malformed', `${file} ${what}.`, {
    hint: "Save the vectors, a row a song, with numpy.save(file, numpy.ascontiguousarray(vectors, dtype='float32')).",
  });
}
