/**
 * Nearest neighbours among unit vectors: the interface, and the two things behind it.
 *
 * | | file | opened in | answers in | |
 * |---|---|---|---|---|
 * | exact | `.codes`, a byte a number | milliseconds | time that grows with the collection | one question a process |
 * | hnsw | `.hnsw`, four bytes a number and a graph | tenths of a second | a millisecond at any size | many questions |
 *
 * @module
 */

import type { Neighbour } from './neighbour.js';

export { ExactIndex, placesOf, type Scan } from './exact-index.js';
export { HnswIndex, hnswAvailable } from './hnsw-index.js';
export { byScore, dot, type Neighbour } from './neighbour.js';
export { topPlaces } from './top-k.js';

/** How to narrow a search. */
export interface SearchOptions {
  /** Only songs for which this holds are found. */
  readonly allowed?: (id: number) => boolean;
}

/** An opened index of one field. */
export interface VectorIndex {
  readonly kind: 'exact' | 'hnsw';
  /** How many vectors it holds. */
  readonly size: number;
  has(id: number): boolean;
  /** The `k` nearest (fewer only where fewer are there), best first, equal scores by id. */
  search(vector: Float32Array, k: number, options?: SearchOptions): Neighbour[];
}
