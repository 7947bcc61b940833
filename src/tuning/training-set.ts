/**
 * Songs and what is said about them, as bags of pieces.
 * @module
 */
import { piecesOf } from '../embedding/static/static-embedder.js';
import { damp, type StaticModel } from '../embedding/static/static-model.js';
import type { Song } from '../song.js';
import { isFluent } from './fluency.js';
import type { DescribedSong } from './pairs.js';

/** Many texts as one: text `t` holds `pieces[starts[t]]` up to `pieces[starts[t + 1]]`, each piece once. */
export interface Bags {
  /** How many texts there are. */
  readonly length: number;
  readonly starts: Int32Array;
  readonly pieces: Int32Array;
  /** What each piece counts, damped. */
  readonly counts: Float32Array;
}

/** A piece → what it counts. */
export type Bag = ReadonlyMap<number, number>;

/** A song that a model can learn from, as it reads it. */
export interface SongBags {
  readonly lyrics: Bag;
  /** The longest first. */
  readonly descriptions: readonly Bag[];
  /** The song, and the descriptions as words. */
  readonly song: Song;
  readonly texts: readonly string[];
}

/** The songs that a model learns from. */
export interface TrainingSet {
  /** Numbers a piece has, and how many pieces there are. */
  readonly dimensions: number;
  readonly vocabulary: number;
  readonly lyrics: Bags;
  readonly descriptions: Bags;
  /** Song `s` is described by the texts from `described[s]` up to `described[s + 1]`, the longest first. */
  readonly described: Int32Array;
  readonly teacher: Teacher | null;
}

/** How an encoder sees the same songs: unit vectors, a row a text. */
export interface Teacher {
  readonly dimensions: number;
  readonly lyrics: Float32Array;
  readonly descriptions: Float32Array;
}

/** Puts songs into a training set. */
export function trainingSetOf(model: StaticModel, songs: readonly SongBags[], teacher: Teacher | null): TrainingSet {
  const described = new Int32Array(songs.length + 1);
  songs.forEach(({ descriptions }, s) => {
    described[s + 1] = described[s]! + descriptions.length;
  });
  return {
    dimensions: model.dimensions,
    vocabulary: model.weights.length,
    lyrics: packBags(songs.map(({ lyrics }) => lyrics)),
    descriptions: packBags(songs.flatMap(({ descriptions }) => descriptions)),
    described,
    teacher,
  };
}

/** The pieces of lyrics as the model counts them. */
export function bagOfLyrics(model: StaticModel, lyrics: string): Bag {
  return damped(model, piecesOf(model, lyrics, 'lyrics'));
}

/**
 * A song with those of its descriptions that the model can read; null where there is nothing to learn from.
 *
 * @param onUnreadable called for each description in a language the model does not read.
 */
export function bagsOf(model: StaticModel, described: DescribedSong, onUnreadable: () => void): SongBags | null {
  const texts = described.descriptions
    .filter((text) => {
      const readable = isFluent(text, model.tokenizer.pieces(text));
      if (!readable) onUnreadable();
      return readable;
    })
    .toSorted((a, b) => b.length - a.length);
  const descriptions = texts.map((text) => damped(model, piecesOf(model, text, 'summary')));
  const lyrics = bagOfLyrics(model, described.song.lyrics);
  return lyrics.size > 0 && descriptions.length > 0 ? { lyrics, descriptions, song: described.song, texts } : null;
}

function damped({ pooling }: StaticModel, counts: ReadonlyMap<number, number>): Bag {
  return new Map([...counts].map(([piece, n]) => [piece, damp(n, pooling.termCounts)]));
}

function packBags(texts: readonly Bag[]): Bags {
  const size = texts.reduce((sum, text) => sum + text.size, 0);
  const starts = new Int32Array(texts.length + 1);
  const pieces = new Int32Array(size);
  const counts = new Float32Array(size);
  let at = 0;
  texts.forEach((text, t) => {
    for (const [piece, count] of text) {
      pieces[at] = piece;
      counts[at++] = count;
    }
    starts[t + 1] = at;
  });
  return { length: texts.length, starts, pieces, counts };
}
