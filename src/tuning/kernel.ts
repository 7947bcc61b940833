/**
 * Memory for numbers and the SIMD arithmetic over it; see wasm/train.ts.
 * @module
 */
import { startKernel } from '../web-assembly.js';
import { BINARY_BASE64 } from './train-binary.js';

/** The functions of wasm/train.ts; addresses are in bytes. */
export interface Arithmetic {
  products(a: number, b: number, out: number, n: number, m: number, width: number): void;
  addWeighted(
    p: number,
    rowStep: number,
    columnStep: number,
    b: number,
    out: number,
    n: number,
    m: number,
    width: number,
  ): void;
  gather(pieces: number, factors: number, count: number, table: number, out: number, width: number): void;
  scatter(pieces: number, factors: number, count: number, gradient: number, change: number, width: number): void;
  along(
    pieces: number,
    factors: number,
    count: number,
    table: number,
    change: number,
    out: number,
    width: number,
  ): void;
  adam(
    values: number,
    first: number,
    second: number,
    gradient: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
}

/** Float32 numbers (or the same bits as int32) at a fixed place of a kernel's memory. */
export interface Block {
  readonly address: number;
  readonly floats: Float32Array;
  readonly ints: Int32Array;
}

/** Rows of numbers must be a multiple of this long. */
export const LANES = 16;

/**
 * Arithmetic, and zeroed blocks of the given sizes (in numbers) to do it on.
 *
 * @example
 * ```ts
 * const { arithmetic, blocks } = openKernel({ a: 64, b: 64, out: 16 });
 * ```
 */
export function openKernel<Name extends string>(
  sizes: Readonly<Record<Name, number>>,
): { arithmetic: Arithmetic; blocks: Readonly<Record<Name, Block>> } {
  const names = Object.keys(sizes) as Name[];
  const bytes = (name: Name) => Math.ceil(sizes[name] / LANES) * LANES * 4;
  const total = names.reduce((sum, name) => sum + bytes(name), 0);
  const { kernel: arithmetic, buffer } = startKernel<Arithmetic>(BINARY_BASE64, total);
  let address = 0;
  const blocks = {} as Record<Name, Block>;
  for (const name of names) {
    blocks[name] = {
      address,
      floats: new Float32Array(buffer, address, sizes[name]),
      ints: new Int32Array(buffer, address, sizes[name]),
    };
    address += bytes(name);
  }
  return { arithmetic, blocks };
}
