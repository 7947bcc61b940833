/**
 * What searching asks of an index, wherever it lives.
 * @module
 */
import type { Field, Song } from '../song.js';
import type { Neighbour, SearchOptions } from '../vectors/vector-index.js';

/** An index as the ranking sees it. */
export interface SongStore {
  /** The `k` songs whose field lies nearest to a unit vector, best first. */
  nearest(field: Field, vector: Float32Array, k: number, options?: SearchOptions): Promise<Neighbour[]>;
  /** Ids of the songs that have this field. */
  holders(field: Field): Promise<{ readonly count: number; has(id: number): boolean }>;
  /** The vectors of songs; those without this field are left out. */
  vectors(field: Field, ids: readonly number[]): ReadonlyMap<number, Float32Array>;
  /** Songs in the order asked. */
  songs(ids: readonly number[]): Song[];
}
