/**
 * Songs kept out of training: do their descriptions find them?
 * @module
 */

import { normalize } from '../embedding/unit-vector.js';
import { meanReciprocalRank, recallAt } from '../evaluating/evaluator.js';
import { LANES, openKernel } from './kernel.js';
import type { Bag, SongBags } from './training-set.js';

/** How well held-out descriptions find their songs among all others. */
export interface HeldOutScore {
  readonly 'R@1': number;
  readonly 'R@10': number;
  readonly MRR: number;
}

/** Asks a table for held-out songs. */
export class HeldOut {
  readonly #pool: readonly Bag[];
  readonly #songs: readonly SongBags[];
  readonly #dimensions: number;
  readonly #kernel;

  /**
   * @param songs held out of training; their first description, the longest, is a summary where there are others, and not asked.
   * @param others the lyrics they are looked for among, besides their own.
   */
  constructor(songs: readonly SongBags[], others: readonly Bag[], dimensions: number) {
    this.#songs = songs;
    this.#pool = [...songs.map(({ lyrics }) => lyrics), ...others];
    this.#dimensions = dimensions;
    const rows = Math.ceil(this.#pool.length / LANES) * LANES;
    this.#kernel = openKernel({ pool: rows * dimensions, query: dimensions, scores: rows });
  }

  /** How many songs are asked for, and among how many. */
  get size(): { readonly songs: number; readonly among: number } {
    return { songs: this.#songs.length, among: this.#pool.length };
  }

  /** @param table float32 [pieces, dimensions]. */
  score(table: Float32Array): HeldOutScore {
    const { arithmetic, blocks } = this.#kernel;
    const rows = blocks.scores.floats.length;
    this.#pool.forEach((bag, row) => {
      blocks.pool.floats.set(pool(table, bag, this.#dimensions), row * this.#dimensions);
    });
    const ranks = this.#songs.flatMap(({ descriptions }, own) =>
      (descriptions.length > 1 ? descriptions.slice(1) : descriptions).map((bag) => {
        blocks.query.floats.set(pool(table, bag, this.#dimensions));
        arithmetic.products(
          blocks.query.address,
          blocks.pool.address,
          blocks.scores.address,
          1,
          rows,
          this.#dimensions,
        );
        const scores = blocks.scores.floats;
        let rank = 1;
        for (let row = 0; row < this.#pool.length; row++) if (scores[row]! > scores[own]!) rank++;
        return rank;
      }),
    );
    return { 'R@1': recallAt(ranks, 1), 'R@10': recallAt(ranks, 10), MRR: meanReciprocalRank(ranks) };
  }
}

function pool(table: Float32Array, bag: Bag, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const [piece, count] of bag) {
    const row = piece * dimensions;
    for (let d = 0; d < dimensions; d++) sum[d]! += count * table[row + d]!;
  }
  return normalize(sum);
}
