/**
 * One run of contrastive training: a song's lyrics are to lie nearer to its own descriptions than to the others' of the
 * batch, and the other way round (InfoNCE; van den Oord, Li and Vinyals, 2018).
 *
 *     pieces of a text ─► rows of the table, times weight and count, summed ─► unit vector
 *     vectors of two sides ─► all inner products / temperature ─► cross-entropy by row and by column
 *
 * Pieces are left out at random, so that no single word can carry a song.
 *
 * @module
 */

import { seededRandom, shuffled } from '../random.js';
import { LANES, openKernel } from './kernel.js';
import type { Bags, TrainingSet } from './training-set.js';

/** How to train. */
export interface Recipe {
  /** How often every song is seen. */
  readonly passes: number;
  /** Songs that are compared with each other at once. */
  readonly batch: number;
  /** What inner products are divided by before the softmax: the smaller, the more near misses count. */
  readonly temperature: number;
  /** Adam's step for the table; the logarithms of the pieces' weights take ten times that. */
  readonly rate: number;
  /** The share of pieces left out of lyrics and descriptions. */
  readonly lyricsDropped: number;
  readonly descriptionDropped: number;
  /** The share of a song's pieces that must find the song, as an excerpt would. */
  readonly excerpt: number;
}

/** What held-out songs of `models/lyrec-static/training` were found best with; see the model card. */
export const RECIPE: Recipe = {
  passes: 12,
  batch: 512,
  temperature: 0.06,
  rate: 0.0015,
  lyricsDropped: 0.5,
  descriptionDropped: 0.15,
  excerpt: 0.15,
};

const BETA1 = 0.9;
const BETA2 = 0.99;
const EPSILON = 1e-8;
const WEIGHT_RATE = 10;

// Lyrics, an excerpt of them, and up to three descriptions of each song take part in a step.
const MOST_DESCRIPTIONS = 3;

/** The pieces of a batch's texts that were not left out. */
interface Side {
  /** Where in the blocks of pieces and factors each text starts. */
  readonly starts: Int32Array;
  /** Index of the side's vectors among all sides' vectors. */
  readonly place: number;
}

/** A model in training. Its numbers take sixteen bytes a number of the table. */
export class TrainingRun {
  readonly #set: TrainingSet;
  readonly #recipe: Recipe;
  readonly #batch: number;
  readonly #slots: number;
  readonly #random: () => number;
  readonly #kernel;
  readonly #songs: readonly number[];
  /** The lengths that texts' sums had before they were made unit vectors. */
  readonly #lengths: Float64Array;
  readonly #steps: number;
  #step = 0;

  /**
   * @param start the table to start from, each row times its weight, float32 [vocabulary, dimensions].
   */
  constructor(set: TrainingSet, start: Float32Array, recipe: Recipe, seed: number) {
    this.#set = set;
    this.#recipe = recipe;
    this.#batch = Math.min(recipe.batch, set.lyrics.length) & ~3;
    this.#random = seededRandom(seed);
    const { described, dimensions, vocabulary } = set;
    let most = 1;
    for (let song = 0; song + 1 < described.length; song++)
      most = Math.max(most, described[song + 1]! - described[song]!);
    this.#slots = Math.min(most, MOST_DESCRIPTIONS);
    this.#steps = recipe.passes * Math.floor(set.lyrics.length / this.#batch);
    const sides = 2 + this.#slots;
    this.#songs = Array.from({ length: set.lyrics.length }, (_, song) => song);
    this.#lengths = new Float64Array(sides * this.#batch);
    const table = vocabulary * dimensions;
    const weights = Math.ceil(vocabulary / LANES) * LANES;
    const vectors = sides * this.#batch * dimensions;
    const held = this.#batch * (2 * longest(set.lyrics) + this.#slots * longest(set.descriptions));
    this.#kernel = openKernel({
      table,
      tableFirst: table,
      tableSecond: table,
      tableGradient: table,
      weights,
      weightsFirst: weights,
      weightsSecond: weights,
      weightsGradient: weights,
      vectors,
      changes: vectors,
      scores: this.#batch * this.#batch,
      pieces: held,
      factors: held,
    });
    this.#kernel.blocks.table.floats.set(start);
  }

  /** Shows every song once; returns the mean loss of a pair of texts. */
  trainPass(): number {
    const order = shuffled(this.#songs, this.#random);
    let loss = 0;
    let steps = 0;
    for (let at = 0; at + this.#batch <= order.length; at += this.#batch) {
      loss += this.#train(Int32Array.from(order.slice(at, at + this.#batch)));
      steps++;
    }
    return loss / steps;
  }

  /** Adds the table as it stands, each row times its weight, to `sum`. */
  addTable(sum: Float32Array): void {
    const { table, weights } = this.#kernel.blocks;
    const { vocabulary, dimensions } = this.#set;
    for (let piece = 0; piece < vocabulary; piece++) {
      const weight = Math.exp(weights.floats[piece]!);
      for (let d = piece * dimensions; d < (piece + 1) * dimensions; d++) sum[d]! += weight * table.floats[d]!;
    }
  }

  #train(songs: Int32Array): number {
    const { lyricsDropped, descriptionDropped, excerpt } = this.#recipe;
    const { lyrics, descriptions } = this.#set;
    this.#kernel.blocks.changes.floats.fill(0);
    let end = 0;
    const side = (place: number, bags: Bags, texts: Int32Array, dropped: number): Side => {
      const starts = this.#choose(bags, texts, dropped, end);
      end = starts.at(-1)!;
      this.#pool(starts, place);
      return { starts, place };
    };
    const whole = side(0, lyrics, songs, lyricsDropped);
    const part = side(1, lyrics, songs, 1 - excerpt);
    const told = Array.from({ length: this.#slots }, (_, slot) =>
      side(2 + slot, descriptions, this.#describing(songs, slot), descriptionDropped),
    );
    const pairs: (readonly [Side, Side])[] = [[whole, part]];
    for (const one of told) pairs.push([whole, one]);
    // A request must also find the summary, the longest thing said about a song.
    if (told.length > 1) pairs.push([told[0]!, told[1]!]);
    let loss = 0;
    for (const [a, b] of pairs) loss += this.#contrast(a.place, b.place);
    for (const one of [whole, part, ...told]) this.#back(one);
    this.#move();
    return loss / pairs.length;
  }

  /** For every song one of its descriptions: the longest in slot 0, another in each further slot while there are more. */
  #describing(songs: Int32Array, slot: number): Int32Array {
    const { described } = this.#set;
    return songs.map((song) => {
      const first = described[song]!;
      const count = described[song + 1]! - first;
      if (count <= MOST_DESCRIPTIONS) return first + (slot < count ? slot : Math.floor(this.#random() * count));
      return slot === 0 ? first : first + 1 + Math.floor(this.#random() * (count - 1));
    });
  }

  /** Writes the texts' pieces that stay, and what they count, from place `at` on. */
  #choose(bags: Bags, texts: Int32Array, dropped: number, at: number): Int32Array {
    const { pieces, factors, weights } = this.#kernel.blocks;
    const starts = new Int32Array(texts.length + 1);
    starts[0] = at;
    texts.forEach((text, t) => {
      const from = bags.starts[text]!;
      const to = bags.starts[text + 1]!;
      const before = at;
      // A text that lost all its pieces keeps one.
      const kept = from + Math.floor(this.#random() * (to - from));
      for (let k = from; k < to; k++) {
        if (this.#random() < dropped && !(k === kept && at === before)) continue;
        const piece = bags.pieces[k]!;
        pieces.ints[at] = piece;
        factors.floats[at++] = bags.counts[k]! * Math.exp(weights.floats[piece]!);
      }
      starts[t + 1] = at;
    });
    return starts;
  }

  /** The unit vectors of a side's texts. Their lengths are kept in `#lengths` for the way back. */
  #pool(starts: Int32Array, place: number): void {
    const { dimensions } = this.#set;
    const { vectors, pieces, factors, table } = this.#kernel.blocks;
    for (let t = 0; t < this.#batch; t++) {
      const row = (place * this.#batch + t) * dimensions;
      this.#kernel.arithmetic.gather(
        pieces.address + 4 * starts[t]!,
        factors.address + 4 * starts[t]!,
        starts[t + 1]! - starts[t]!,
        table.address,
        vectors.address + 4 * row,
        dimensions,
      );
      let squares = 0;
      for (let d = row; d < row + dimensions; d++) squares += vectors.floats[d]! ** 2;
      const length = Math.sqrt(squares) || 1;
      for (let d = row; d < row + dimensions; d++) vectors.floats[d]! /= length;
      this.#lengths[place * this.#batch + t] = length;
    }
  }

  /** The loss between two sides; its gradient is added to both sides' changes. */
  #contrast(a: number, b: number): number {
    const n = this.#batch;
    const { dimensions } = this.#set;
    const { temperature } = this.#recipe;
    const { arithmetic, blocks } = this.#kernel;
    const at = (block: { address: number }, side: number) => block.address + 4 * side * n * dimensions;
    const { vectors, changes, scores } = blocks;
    arithmetic.products(at(vectors, a), at(vectors, b), scores.address, n, n, dimensions);
    const s = scores.floats;
    const rows = new Float64Array(n);
    const columns = new Float64Array(n);
    let own = 0;
    for (let i = 0; i < n; i++) own += (s[i * n + i]! - 1) / temperature;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        // Cosines are at most 1, so this neither overflows nor, at temperatures above 0.03, vanishes.
        const e = Math.exp((s[i * n + j]! - 1) / temperature);
        s[i * n + j] = e;
        rows[i]! += e;
        columns[j]! += e;
      }
    }
    let logs = 0;
    for (let i = 0; i < n; i++) logs += Math.log(rows[i]!) + Math.log(columns[i]!);
    const scale = 1 / (2 * n * temperature);
    for (let i = 0; i < n; i++) {
      const byRow = 1 / rows[i]!;
      for (let j = 0; j < n; j++) s[i * n + j]! *= scale * (byRow + 1 / columns[j]!);
      s[i * n + i]! -= 2 * scale;
    }
    arithmetic.addWeighted(scores.address, 4 * n, 4, at(vectors, b), at(changes, a), n, n, dimensions);
    arithmetic.addWeighted(scores.address, 4, 4 * n, at(vectors, a), at(changes, b), n, n, dimensions);
    return (logs / 2 - own) / n;
  }

  /** From changes of a side's unit vectors to gradients of the table and the weights. */
  #back({ starts, place }: Side): void {
    const { dimensions } = this.#set;
    const { vectors, changes, pieces, factors, table, tableGradient, weightsGradient } = this.#kernel.blocks;
    for (let t = 0; t < this.#batch; t++) {
      const row = (place * this.#batch + t) * dimensions;
      let along = 0;
      for (let d = row; d < row + dimensions; d++) along += changes.floats[d]! * vectors.floats[d]!;
      const length = this.#lengths[place * this.#batch + t]!;
      for (let d = row; d < row + dimensions; d++) {
        changes.floats[d] = (changes.floats[d]! - along * vectors.floats[d]!) / length;
      }
      this.#kernel.arithmetic.scatter(
        pieces.address + 4 * starts[t]!,
        factors.address + 4 * starts[t]!,
        starts[t + 1]! - starts[t]!,
        table.address,
        tableGradient.address,
        changes.address + 4 * row,
        dimensions,
      );
      for (let k = starts[t]!; k < starts[t + 1]!; k++) weightsGradient.floats[pieces.ints[k]!]! += factors.floats[k]!;
    }
  }

  /** One step down, at a rate that falls to nothing along half a cosine. */
  #move(): void {
    const { blocks, arithmetic } = this.#kernel;
    const falling = (1 + Math.cos((Math.PI * this.#step) / this.#steps)) / 2;
    this.#step++;
    const correction = Math.sqrt(1 - BETA2 ** this.#step) / (1 - BETA1 ** this.#step);
    const step = (name: 'table' | 'weights', rate: number) => {
      const at = (part: 'First' | 'Second' | 'Gradient') => blocks[`${name}${part}`].address;
      arithmetic.adam(
        blocks[name].address,
        at('First'),
        at('Second'),
        at('Gradient'),
        blocks[name].floats.length,
        rate * falling * correction,
        BETA1,
        BETA2,
        EPSILON,
      );
    };
    step('table', this.#recipe.rate);
    step('weights', WEIGHT_RATE * this.#recipe.rate);
  }
}

function longest(bags: Bags): number {
  let most = 0;
  for (let t = 0; t < bags.length; t++) most = Math.max(most, bags.starts[t + 1]! - bags.starts[t]!);
  return most;
}
