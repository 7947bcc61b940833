/**
 * Reading the safetensors format: eight bytes of header length, a JSON header, then the numbers.
 * Format: https://github.com/huggingface/safetensors#format
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { LyrecError } from '../../errors.js';
import { decodeFloat16 } from '../../float16.js';

/** A tensor of a file. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Int8Array | Float32Array;
}

/** An int8 tensor whose bytes are read when they are needed; until then they are 0. */
export interface LazyTensor {
  readonly shape: readonly number[];
  readonly data: Int8Array;
  /**
   * Reads the bytes of ranges, each from its first byte up to its last.
   *
   * @throws LyrecError `model-mismatch` if the file has changed since it was opened.
   */
  load(ranges: readonly (readonly [number, number])[]): void;
}

/** A safetensors file whose header is read. */
export interface TensorFile {
  readonly names: readonly string[];
  /** @throws LyrecError `model-damaged` if the tensor is absent, cut short or of a type not read here. */
  tensor(name: string): Tensor;
  /** Null for a tensor that is not int8. @throws as `tensor` does. */
  lazyTensor(name: string): LazyTensor | null;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Opens a safetensors file and reads its header.
 * Types I8, F16, F32, F64, I32 and I64 are understood; all but I8 become float32.
 *
 * @throws LyrecError `model-damaged` if it is not such a file.
 */
export function openTensors(file: string): TensorFile {
  const damaged = (why: string) =>
    new LyrecError('model-damaged', `${file} is not a readable model: ${why}.`, { hint: 'Fetch or train it again.' });
  const { size, mtimeMs } = statSync(file);
  if (size < 8) throw damaged('it is cut short');
  const start = 8 + Number(read(file, 0, 8).readBigUInt64LE());
  if (start > size) throw damaged('its header is cut short');
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(read(file, 8, start).toString('utf8')) as Record<string, Entry>;
  } catch {
    throw damaged('its header is not JSON');
  }
  const find = (name: string) => {
    const entry = header[name];
    if (!entry) throw damaged(`it holds no "${name}"`);
    const [from, to] = entry.data_offsets;
    if (from > to || start + to > size) throw damaged(`"${name}" is cut short`);
    return entry;
  };
  const checkLength = (name: string, { shape }: Entry, length: number) => {
    const announced = shape.reduce((product, n) => product * n, 1);
    if (length !== announced) throw damaged(`"${name}" holds ${length} numbers where ${announced} were announced`);
  };
  return {
    names: Object.keys(header).filter((name) => name !== '__metadata__'),
    tensor(name) {
      const entry = find(name);
      const [from, to] = entry.data_offsets;
      const data = toNumbers(read(file, start + from, start + to), entry.dtype);
      if (!data) throw damaged(`"${name}" has type ${entry.dtype}, which is not read here`);
      checkLength(name, entry, data.length);
      return { shape: entry.shape, data };
    },
    lazyTensor(name) {
      const entry = find(name);
      if (entry.dtype !== 'I8') return null;
      const [first, last] = entry.data_offsets;
      const data = new Int8Array(last - first);
      checkLength(name, entry, data.length);
      return {
        shape: entry.shape,
        data,
        load(ranges) {
          const handle = openSync(file, 'r');
          try {
            if (fstatSync(handle).mtimeMs !== mtimeMs) {
              throw new LyrecError('model-mismatch', `${file} has changed since it was opened.`, {
                hint: 'Open the index again; build it again if it was made with the older model.',
              });
            }
            for (const [from, to] of ranges) readInto(handle, data.subarray(from, to), start + first + from);
          } finally {
            closeSync(handle);
          }
        },
      };
    },
  };
}

function read(file: string, from: number, to: number): Buffer {
  // Not from the shared pool: the numbers of a tensor must start at the start of its memory.
  const bytes = Buffer.from(new ArrayBuffer(to - from));
  const handle = openSync(file, 'r');
  try {
    readInto(handle, bytes, from);
  } finally {
    closeSync(handle);
  }
  return bytes;
}

function readInto(handle: number, bytes: Uint8Array | Int8Array, position: number): void {
  for (let at = 0, count = 1; at < bytes.length && count > 0; at += count) {
    count = readSync(handle, bytes, at, bytes.length - at, position + at);
  }
}

function toNumbers({ buffer }: Buffer, dtype: string): Int8Array | Float32Array | null {
  switch (dtype) {
    case 'I8':
      return new Int8Array(buffer);
    case 'F16':
      return decodeFloat16(new Uint16Array(buffer));
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    default:
      return null;
  }
}
