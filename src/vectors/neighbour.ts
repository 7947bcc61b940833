/**
 * A found vector, and how found vectors compare.
 * @module
 */

/** A song near a question. */
export interface Neighbour {
  readonly id: number;
  /** Cosine with the question's vector, in [-1, 1]. */
  readonly score: number;
}

/** Best first; equal scores by id, so that an answer is the same every time. */
export function byScore(a: Neighbour, b: Neighbour): number {
  return b.score - a.score || a.id - b.id;
}

/** The inner product of two vectors of the same length: the cosine, where both have unit length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
