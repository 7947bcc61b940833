/**
 * Reading the safetensors format: eight bytes of header length, a JSON header, then the numbers.
 * Format: https://github.com/huggingface/safetensors#format
 * @module
 */
import { readFileSync } from 'node:fs';
import { LyrecError } from '../../errors.js';
import { decodeFloat16 } from '../../vectors/float16.js';

/** A tensor of a file; `data` may share memory with the file's bytes. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Int8Array | Float32Array;
}

/** A parsed safetensors file. */
export interface TensorFile {
  readonly names: readonly string[];
  /** @throws LyrecError `model-damaged` if the tensor is absent, cut short or of a type not read here. */
  tensor(name: string): Tensor;
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Reads a safetensors file whole.
 * Types I8, F16, F32, F64, I32 and I64 are understood; all but I8 become float32.
 *
 * @throws LyrecError `model-damaged` if it is not such a file.
 */
export function readTensors(file: string): TensorFile {
  const bytes = readFileSync(file);
  const damaged = (why: string) =>
    new LyrecError('model-damaged', `${file} is not a readable model: ${why}.`, { hint: 'Fetch or train it again.' });
  if (bytes.length < 8) throw damaged('it is cut short');
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const start = 8 + headerLength;
  if (start > bytes.length) throw damaged('its header is cut short');
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, Entry>;
  } catch {
    throw damaged('its header is not JSON');
  }
  return {
    names: Object.keys(header).filter((name) => name !== '__metadata__'),
    tensor(name) {
      const entry = header[name];
      if (!entry) throw damaged(`it holds no "${name}"`);
      const [from, to] = entry.data_offsets;
      if (start + to > bytes.length) throw damaged(`"${name}" is cut short`);
      const raw = bytes.subarray(start + from, start + to);
      const size = entry.shape.reduce((product, n) => product * n, 1);
      const data = toNumbers(raw, entry.dtype);
      if (!data) throw damaged(`"${name}" has type ${entry.dtype}, which is not read here`);
      if (data.length !== size) throw damaged(`"${name}" holds ${data.length} numbers where ${size} were announced`);
      return { shape: entry.shape, data };
    },
  };
}

function toNumbers(raw: Buffer, dtype: string): Int8Array | Float32Array | null {
  // The numbers may start at any byte, typed arrays only at a multiple of their width: all but int8 are copied.
  const aligned = () => raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength);
  switch (dtype) {
    case 'I8':
      return new Int8Array(raw.buffer, raw.byteOffset, raw.byteLength);
    case 'F16':
      return decodeFloat16(new Uint16Array(aligned()));
    case 'F32':
      return new Float32Array(aligned());
    case 'F64':
      return Float32Array.from(new Float64Array(aligned()));
    case 'I32':
      return Float32Array.from(new Int32Array(aligned()));
    case 'I64':
      return Float32Array.from(new BigInt64Array(aligned()), Number);
    default:
      return null;
  }
}
