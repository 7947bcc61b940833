/**
 * What searching asks of an index, wherever it lives.
 * @module
 */
import type { ColumnName, Field, Song } from '../song.js';
import type { Neighbour, SearchOptions } from '../vectors/vector-index.js';

/** The vectors of one field by one model. */
export interface Space {
  readonly field: Field;
  /** The model's id. */
  readonly model: string;
}

/** What one way of comparing says about every song, for one question. */
export interface Judge {
  /** The standard deviation of its values over all songs it can judge: what makes it comparable with others. */
  readonly spread: number;
  readonly mean: number;
  /** A song's value, at most 1; undefined for a song that cannot be judged. */
  of(id: number): number | undefined;
  /** The songs with the `k` largest values among those allowed, in no particular order. */
  top(k: number, allowed?: (id: number) => boolean): readonly number[];
  /** The values of a few songs, as exactly as they can be had. */
  exactly(ids: readonly number[]): ReadonlyMap<number, number>;
}

/** An index as the ranking sees it. */
export interface SongStore {
  /** The `k` songs whose vectors lie nearest to a unit vector, best first. */
  nearest(space: Space, vector: Float32Array, k: number, options?: SearchOptions): Promise<Neighbour[]>;
  /** Every song's cosine with a unit vector; null where no song has this field. */
  byVector(space: Space, vector: Float32Array): Judge | null;
  /** How much of a question's wording every song has, as a share of the one that has most; null where none has any. */
  byWording(field: Field, question: string): Judge | null;
  /** The songs that may hold a phrase; null where that can only be seen from the lyrics themselves. */
  mayHold(phrase: string): readonly number[] | null;
  /** The vectors of songs; those without this field are left out. */
  vectors(space: Space, ids: readonly number[]): ReadonlyMap<number, Float32Array>;
  /** How many songs have this field. */
  count(field: Field): number;
  /** The ids of the songs that have this field. */
  holders(field: Field): { has(id: number): boolean };
  /** Songs in the order asked. */
  songs(ids: readonly number[]): Song[];
  /** What songs have in a column, by id; songs that have nothing there are left out. */
  column(name: ColumnName): ReadonlyMap<number, string>;
}
