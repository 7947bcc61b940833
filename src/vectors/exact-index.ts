/**
 * Exact search: a byte for each number finds the candidates, the catalog's own vectors settle their order.
 *
 * File: `LYREC-I8`, count and dimensions (uint32), codes (int8 [count, dimensions rounded up to 16]), ids (uint32),
 * scales (float32). All little-endian. A vector is its codes times its scale.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { LyrecError } from '../errors.js';
import { CodeTable, rowWidth } from './code-table.js';
import { byScore, dot, type Neighbour } from './neighbour.js';
import { topPlaces } from './top-k.js';
import type { SearchOptions, VectorIndex } from './types.js';

const MAGIC = 'LYREC-I8';
const HEADER = 16;

// A byte moves a cosine by less than 0.003: whoever belongs among the k best is among this many more.
const SPARE = 32;

/** One question against every vector. */
export interface Scan {
  /** One a vector, in the order of ids. */
  readonly cosines: Float32Array;
  /** A song's cosine; undefined if it has no vector. */
  of(id: number): number | undefined;
  /** The songs with the `k` largest cosines, in no particular order. */
  top(k: number, allowed?: (id: number) => boolean): number[];
  /** The cosines of songs from their full vectors. */
  exactly(ids: readonly number[]): ReadonlyMap<number, number>;
}

/** Looks vectors up by song id. */
export type VectorLookup = (ids: readonly number[]) => ReadonlyMap<number, Float32Array>;

/** Holds one byte a number of every vector and asks for the full vectors of the best. */
export class ExactIndex implements VectorIndex {
  readonly kind = 'exact';
  readonly size: number;
  readonly #table: CodeTable;
  readonly #ids: Uint32Array;
  readonly #scales: Float32Array;
  readonly #vectors: VectorLookup;
  #places: Int32Array | undefined;

  private constructor(table: CodeTable, ids: Uint32Array, scales: Float32Array, vectors: VectorLookup) {
    this.size = ids.length;
    this.#table = table;
    this.#ids = ids;
    this.#scales = scales;
    this.#vectors = vectors;
  }

  /** Opens a file that `write` wrote. @throws LyrecError `index-damaged`. */
  static open(file: string, vectors: VectorLookup): ExactIndex {
    const handle = openSync(file, 'r');
    try {
      const header = Buffer.alloc(HEADER);
      readSync(handle, header);
      const count = header.readUInt32LE(8);
      const dimensions = header.readUInt32LE(12);
      const codes = count * rowWidth(dimensions);
      if (header.toString('latin1', 0, 8) !== MAGIC || fstatSync(handle).size !== HEADER + codes + 8 * count) {
        throw new LyrecError('index-damaged', `${file} is damaged.`, { hint: 'Build the index again.' });
      }
      const ids = new Uint32Array(count);
      const scales = new Float32Array(count);
      readSync(handle, ids, 0, 4 * count, HEADER + codes);
      readSync(handle, scales, 0, 4 * count, HEADER + codes + 4 * count);
      return new ExactIndex(CodeTable.open(file, HEADER, { count, dimensions }), ids, scales, vectors);
    } finally {
      closeSync(handle);
    }
  }

  /** Writes the file from vectors as they come; returns how many there were. */
  static write(file: string, dimensions: number, vectors: Iterable<{ id: number; vector: Float32Array }>): number {
    const ids: number[] = [];
    const scales: number[] = [];
    const row = new Int8Array(rowWidth(dimensions));
    const out = openSync(file, 'w');
    try {
      writeSync(out, Buffer.alloc(HEADER));
      for (const { id, vector } of vectors) {
        let largest = 0;
        for (const value of vector) largest = Math.max(largest, Math.abs(value));
        const scale = largest / 127 || 1;
        vector.forEach((value, d) => {
          row[d] = Math.round(value / scale);
        });
        writeSync(out, row);
        ids.push(id);
        scales.push(scale);
      }
      writeSync(out, Uint32Array.from(ids));
      writeSync(out, Float32Array.from(scales));
      const header = Buffer.alloc(HEADER);
      header.write(MAGIC, 'latin1');
      header.writeUInt32LE(ids.length, 8);
      header.writeUInt32LE(dimensions, 12);
      writeSync(out, header, 0, HEADER, 0);
    } finally {
      closeSync(out);
    }
    return ids.length;
  }

  /** Lets go of the file. */
  close(): void {
    this.#table.close();
  }

  has(id: number): boolean {
    return this.#placeOf(id) >= 0;
  }

  search(vector: Float32Array, k: number, { allowed }: SearchOptions = {}): Neighbour[] {
    const ids = this.scan(vector).top(k + SPARE, allowed);
    const vectors = this.#vectors(ids);
    return ids
      .flatMap((id) => {
        const own = vectors.get(id);
        return own ? [{ id, score: dot(vector, own) }] : [];
      })
      .sort(byScore)
      .slice(0, k);
  }

  /** The cosine of every song with a question, each within 0.003. */
  scan(vector: Float32Array): Scan {
    const cosines = this.#table.scan(vector, this.#scales);
    return {
      cosines,
      of: (id) => {
        const place = this.#placeOf(id);
        return place < 0 ? undefined : cosines[place];
      },
      top: (k, allowed) => {
        const isAllowed = allowed && ((place: number) => allowed(this.#ids[place]!));
        return topPlaces(cosines, Math.min(k, this.size), isAllowed).map((place) => this.#ids[place]!);
      },
      exactly: (ids) => new Map([...this.#vectors(ids)].map(([id, own]) => [id, dot(vector, own)])),
    };
  }

  #placeOf(id: number): number {
    this.#places ??= placesOf(this.#ids);
    return this.#places[id] ?? -1;
  }
}

/** Where each id stands among `ids`, -1 for those that do not. */
export function placesOf(ids: Uint32Array): Int32Array {
  const places = new Int32Array((ids.at(-1) ?? 0) + 1).fill(-1);
  ids.forEach((id, place) => {
    places[id] = place;
  });
  return places;
}
