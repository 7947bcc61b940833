/**
 * What an index of vectors does.
 * @module
 */
import type { Neighbour } from './neighbour.js';

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
