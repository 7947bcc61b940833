/**
 * Vectors of length one.
 * @module
 */

/** Scales a vector to unit length in place; zeros stay zeros. */
export function normalize(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (squares === 0) return vector;
  const scale = 1 / Math.sqrt(squares);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return vector;
}
