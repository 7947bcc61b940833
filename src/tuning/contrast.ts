/**
 * How badly texts of two sides find each other: cross-entropy of a softmax over cosines, by row and by column (InfoNCE; van
 * den Oord, Li and Vinyals, 2018).
 * @module
 */
import type { Arithmetic, Block } from './kernel.js';

/** What a comparison works on. */
export interface ContrastBlocks {
  /** The sides' unit vectors, [sides * batch, dimensions], and their gradients. */
  readonly vectors: Block;
  readonly changes: Block;
  /** Room for the cosines, [batch, batch]. */
  readonly scores: Block;
}

/** Another view of how alike the texts are, to be learned besides which belong together. */
export interface SoftTarget {
  /** Cosines [batch, batch]; overwritten. */
  readonly cosines: Float32Array;
  readonly temperature: number;
  /** How much of the target it is, from 0 to 1. */
  readonly share: number;
}

/**
 * The mean loss of row i of side `a` and row i of side `b` among all rows; its gradient is added to the sides' changes.
 */
export function contrast(
  arithmetic: Arithmetic,
  { vectors, changes, scores }: ContrastBlocks,
  [a, b]: readonly [number, number],
  { batch: n, dimensions, temperature }: { batch: number; dimensions: number; temperature: number },
  soft: SoftTarget | null,
): number {
  const at = (block: Block, side: number) => block.address + 4 * side * n * dimensions;
  arithmetic.products(at(vectors, a), at(vectors, b), scores.address, n, n, dimensions);
  const s = scores.floats;
  let own = 0;
  for (let i = 0; i < n; i++) own += (s[i * n + i]! - 1) / temperature;
  const { rows, columns } = softSums(s, n, temperature);
  let logs = 0;
  for (let i = 0; i < n; i++) logs += Math.log(rows[i]!) + Math.log(columns[i]!);
  const scale = 1 / (2 * n * temperature);
  const share = soft?.share ?? 0;
  for (let i = 0; i < n; i++) {
    const byRow = 1 / rows[i]!;
    for (let j = 0; j < n; j++) s[i * n + j]! *= scale * (byRow + 1 / columns[j]!);
    s[i * n + i]! -= 2 * scale * (1 - share);
  }
  if (soft) {
    const t = soft.cosines;
    const sums = softSums(t, n, soft.temperature);
    for (let i = 0; i < n; i++) {
      const byRow = 1 / sums.rows[i]!;
      for (let j = 0; j < n; j++) s[i * n + j]! -= share * scale * t[i * n + j]! * (byRow + 1 / sums.columns[j]!);
    }
  }
  arithmetic.addWeighted(scores.address, 4 * n, 4, at(vectors, b), at(changes, a), n, n, dimensions);
  arithmetic.addWeighted(scores.address, 4, 4 * n, at(vectors, a), at(changes, b), n, n, dimensions);
  return (logs / 2 - own) / n;
}

/**
 * Turns cosines into what a softmax weighs, in place, and adds them up by row and by column. Cosines are at most 1, so
 * this neither overflows nor, at temperatures above 0.03, vanishes.
 */
function softSums(
  cosines: Float32Array,
  n: number,
  temperature: number,
): { rows: Float64Array; columns: Float64Array } {
  const rows = new Float64Array(n);
  const columns = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const weight = Math.exp((cosines[i * n + j]! - 1) / temperature);
      cosines[i * n + j] = weight;
      rows[i]! += weight;
      columns[j]! += weight;
    }
  }
  return { rows, columns };
}
