/**
 * Exact search: a byte for each number finds the candidates, the catalog's own vectors settle their order.
 *
 * File: `LYREC-I8`, count and dimensions (uint32), codes (int8 [count, dimensions]), ids (uint32), scales (float32).
 * All little-endian. A vector is its codes times its scale.
 *
 * @module
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { LyrecError } from '../errors.js';
import { byScore, dot, type Neighbour } from './neighbour.js';
import { topPlaces } from './top-k.js';
import type { SearchOptions, VectorIndex } from './vector-index.js';

const MAGIC = 'LYREC-I8';
const HEADER = 16;

// A byte moves a cosine by less than 0.003: whoever belongs among the k best is among this many more.
const SPARE = 64;

/** Looks vectors up by song id. */
export type VectorLookup = (ids: readonly number[]) => ReadonlyMap<number, Float32Array>;

/** Holds one byte a number of every vector and asks for the full vectors of the best. */
export class ExactIndex implements VectorIndex {
  readonly kind = 'exact';
  readonly size: number;
  readonly #dimensions: number;
  readonly #codes: Int8Array;
  readonly #ids: Uint32Array;
  readonly #scales: Float32Array;
  readonly #vectors: VectorLookup;
  #known: Set<number> | undefined;

  private constructor(bytes: Buffer, file: string, vectors: VectorLookup) {
    if (bytes.length < HEADER || bytes.toString('latin1', 0, 8) !== MAGIC) throw damaged(file);
    this.size = bytes.readUInt32LE(8);
    this.#dimensions = bytes.readUInt32LE(12);
    const codes = this.size * this.#dimensions;
    if (bytes.length !== HEADER + codes + 8 * this.size) throw damaged(file);
    const { buffer, byteOffset } = bytes;
    const tail = buffer.slice(byteOffset + HEADER + codes, byteOffset + bytes.length);
    this.#codes = new Int8Array(buffer, byteOffset + HEADER, codes);
    this.#ids = new Uint32Array(tail, 0, this.size);
    this.#scales = new Float32Array(tail, 4 * this.size, this.size);
    this.#vectors = vectors;
  }

  /** Opens a file that `write` wrote. @throws LyrecError `index-damaged`. */
  static open(file: string, vectors: VectorLookup): ExactIndex {
    return new ExactIndex(readFileSync(file), file, vectors);
  }

  /** Writes the file from vectors as they come; returns how many there were. */
  static write(file: string, dimensions: number, vectors: Iterable<{ id: number; vector: Float32Array }>): number {
    const ids: number[] = [];
    const scales: number[] = [];
    const out = openSync(file, 'w');
    try {
      writeSync(out, Buffer.alloc(HEADER));
      for (const { id, vector } of vectors) {
        let largest = 0;
        for (const value of vector) largest = Math.max(largest, Math.abs(value));
        const scale = largest / 127 || 1;
        writeSync(
          out,
          Int8Array.from(vector, (value) => Math.round(value / scale)),
        );
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

  has(id: number): boolean {
    this.#known ??= new Set(this.#ids);
    return this.#known.has(id);
  }

  search(vector: Float32Array, k: number, { allowed }: SearchOptions = {}): Neighbour[] {
    const isAllowed = allowed && ((place: number) => allowed(this.#ids[place]!));
    const places = topPlaces(this.#scores(vector), Math.min(k + SPARE, this.size), isAllowed);
    const ids = places.map((place) => this.#ids[place]!);
    const vectors = this.#vectors(ids);
    return ids
      .flatMap((id) => {
        const own = vectors.get(id);
        return own ? [{ id, score: dot(vector, own) }] : [];
      })
      .sort(byScore)
      .slice(0, k);
  }

  /** The cosine with every vector, to within a byte's rounding. */
  #scores(vector: Float32Array): Float32Array {
    const codes = this.#codes;
    const dimensions = this.#dimensions;
    const scores = new Float32Array(this.size);
    // Four sums let the processor work on four products at once.
    const whole = dimensions & ~3;
    for (let place = 0, at = 0; place < this.size; place++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let j = 0; j < whole; j += 4) {
        a += codes[at + j]! * vector[j]!;
        b += codes[at + j + 1]! * vector[j + 1]!;
        c += codes[at + j + 2]! * vector[j + 2]!;
        d += codes[at + j + 3]! * vector[j + 3]!;
      }
      for (let j = whole; j < dimensions; j++) a += codes[at + j]! * vector[j]!;
      scores[place] = (a + b + c + d) * this.#scales[place]!;
      at += dimensions;
    }
    return scores;
  }
}

function damaged(file: string): LyrecError {
  return new LyrecError('index-damaged', `${file} is damaged.`, { hint: 'Build the index again.' });
}
