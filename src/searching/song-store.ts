/**
 * What searching asks of an index, wherever it lives.
 * @module
 */
import type { Field, Song } from '../song.js';
import type { Neighbour, SearchOptions } from '../vectors/vector-index.js';

/** The vectors of one field by one model. */
export interface Space {
  readonly field: Field;
  /** The model's id. */
  readonly model: string;
}

/** An index as the ranking sees it. */
export interface SongStore {
  /** The `k` songs whose vectors lie nearest to a unit vector, best first. */
  nearest(space: Space, vector: Float32Array, k: number, options?: SearchOptions): Promise<Neighbour[]>;
  /** The vectors of songs; those without this field are left out. */
  vectors(space: Space, ids: readonly number[]): ReadonlyMap<number, Float32Array>;
  /** A few hundred vectors from all over the collection, the same every time. */
  sample(space: Space): readonly Float32Array[];
  /** How many songs have this field. */
  count(field: Field): number;
  /** The ids of the songs that have this field. */
  holders(field: Field): Promise<{ has(id: number): boolean }>;
  /** Songs in the order asked. */
  songs(ids: readonly number[]): Song[];
}
