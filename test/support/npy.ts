/** `.npy` files as NumPy writes them. */
import { encodeFloat16 } from '../../src/float16.js';

/** The bytes of a matrix: version 1 of the format, row after row. */
export function npyOf(rows: readonly (readonly number[])[], type: '<f2' | '<f4' | '<f8' = '<f4'): Buffer {
  const flat = Float64Array.from(rows.flat());
  const bytes =
    type === '<f2' ? encodeFloat16(Float32Array.from(flat)) : type === '<f4' ? Float32Array.from(flat) : flat;
  return Buffer.concat([
    npyHeader(`{'descr': '${type}', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0]!.length}), }`),
    new Uint8Array(bytes.buffer),
  ]);
}

/** The head of a file, padded as NumPy pads it. */
export function npyHeader(dictionary: string): Buffer {
  const text = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, Buffer.from(text)]);
}
