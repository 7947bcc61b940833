/**
 * Which songs are worded like a question: BM25 over runs of four letters.
 * Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
 *
 * File: `LYREC-G4`, texts and grams (uint32 each), then uint32 tables: ids and lengths [texts], hashes in order, songs
 * [grams], offsets [grams + 1]; then for each gram its songs: the distance from the last one, doubled, plus one where the
 * song has the gram more than once, seven bits a byte. All little-endian.
 *
 *     "raim on me" ─► " rai" 1,204 songs, "raim" none, … ─► BM25 of every song that has any
 *
 * SQLite's FTS5 was measured first: 0.2 to 0.5 s for such a question over 57,650 songs, against 1 to 2 ms here.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { LyrecError } from '../errors.js';
import { readFully } from '../read-fully.js';
import { HEADER, MAGIC } from './gram-writer.js';
import { gramsOf } from './grams.js';

export { writeWording } from './gram-writer.js';
export { gramsOf, nameKey, plainWords, sharedGrams } from './grams.js';

// How fast a second occurrence counts less, and how much a long text's grams count less. Flat between 0.6 and 1.2, 0.5 and 0.75.
const SATURATION = 0.9;
const LENGTH_SHARE = 0.6;

/** An opened file. It stays open until `close`. */
export class WordingIndex {
  /** Song ids in the order of `scores`. */
  readonly ids: Uint32Array;
  readonly #file: number;
  readonly #path: string;
  readonly #hashes: Uint32Array;
  readonly #songs: Uint32Array;
  readonly #offsets: Uint32Array;
  readonly #start: number;
  #postings: Uint8Array | undefined;
  /** What a gram counts that a song has once, and more than once. */
  readonly #once: Float32Array;
  readonly #repeated: Float32Array;

  private constructor(file: number, path: string) {
    const header = Buffer.alloc(HEADER);
    readSync(file, header, 0, HEADER, 0);
    const texts = header.readUInt32LE(8);
    const grams = header.readUInt32LE(12);
    const entries = 2 * texts + 3 * grams + 1;
    this.#start = HEADER + 4 * entries;
    const size = fstatSync(file).size;
    if (header.toString('latin1', 0, 8) !== MAGIC || size < this.#start) throw damaged(path);
    const tables = new Uint32Array(entries);
    readSync(file, tables, 0, tables.byteLength, HEADER);
    this.#file = file;
    this.#path = path;
    this.ids = tables.subarray(0, texts);
    const lengths = tables.subarray(texts, 2 * texts);
    this.#hashes = tables.subarray(2 * texts, 2 * texts + grams);
    this.#songs = tables.subarray(2 * texts + grams, 2 * texts + 2 * grams);
    this.#offsets = tables.subarray(2 * texts + 2 * grams);
    if (size !== this.#start + this.#offsets[grams]!) throw damaged(path);
    const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(texts, 1) || 1;
    this.#once = new Float32Array(texts);
    this.#repeated = new Float32Array(texts);
    for (let place = 0; place < texts; place++) {
      const norm = SATURATION * (1 - LENGTH_SHARE + (LENGTH_SHARE * lengths[place]!) / average);
      this.#once[place] = (SATURATION + 1) / (1 + norm);
      this.#repeated[place] = (2 * (SATURATION + 1)) / (2 + norm);
    }
  }

  /**
   * Opens a file that `writeWording` wrote.
   *
   * @param options `whole`: reads all of it at once, for many questions; else each question reads what it needs.
   * @throws LyrecError `index-damaged`.
   */
  static open(path: string, { whole = false }: { readonly whole?: boolean } = {}): WordingIndex {
    const file = openSync(path, 'r');
    try {
      const index = new WordingIndex(file, path);
      if (whole) index.#postings = index.#read(0, index.#offsets.at(-1)!);
      return index;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The BM25 of every text with a question; zeros for those that share nothing with it. */
  scores(question: string): Float32Array {
    const scores = new Float32Array(this.ids.length);
    for (const gram of new Set(gramsOf(question))) {
      const at = this.#find(gram);
      if (at < 0) continue;
      const songs = this.#songs[at]!;
      const rarity = Math.log(1 + (this.ids.length - songs + 0.5) / (songs + 0.5));
      this.#forEach(at, (place, repeated) => {
        scores[place]! += rarity * (repeated ? this.#repeated[place]! : this.#once[place]!);
      });
    }
    return scores;
  }

  /**
   * The places of the texts that may hold a phrase: they have all of its grams that the index keeps. Null where it keeps
   * none of them, so that every text may.
   */
  mayHold(phrase: string): number[] | null {
    const kept = [...new Set(gramsOf(phrase))].map((gram) => this.#find(gram));
    const found = kept.filter((at) => at >= 0).sort((a, b) => this.#songs[a]! - this.#songs[b]!);
    if (found.length === 0) return null;
    const counts = new Uint16Array(this.ids.length);
    for (const at of found) {
      this.#forEach(at, (place) => {
        counts[place]!++;
      });
    }
    const places: number[] = [];
    counts.forEach((count, place) => {
      if (count === found.length) places.push(place);
    });
    return places;
  }

  #forEach(at: number, visit: (place: number, repeated: boolean) => void): void {
    const from = this.#offsets[at]!;
    const to = this.#offsets[at + 1]!;
    const bytes = this.#postings ? this.#postings.subarray(from, to) : this.#read(from, to);
    let place = -1;
    for (let i = 0; i < bytes.length; ) {
      let value = 0;
      let shift = 0;
      let byte = bytes[i++]!;
      for (; byte > 127; byte = bytes[i++]!) {
        value |= (byte & 127) << shift;
        shift += 7;
      }
      value |= byte << shift;
      place += (value >>> 1) + 1;
      visit(place, (value & 1) === 1);
    }
  }

  #read(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    readFully(this.#file, bytes, this.#start + from, this.#path);
    return bytes;
  }

  #find(gram: number): number {
    let low = 0;
    let high = this.#hashes.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = this.#hashes[middle]!;
      if (there === gram) return middle;
      if (there < gram) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

function damaged(path: string): LyrecError {
  return new LyrecError('index-damaged', `${path} is damaged.`, { hint: 'Build the index again.' });
}
