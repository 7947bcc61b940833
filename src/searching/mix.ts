/**
 * One score from several signals.
 *
 * Signals spread their values differently: 0.02 is nothing to one model's cosines and a lot to another's. So each is weighed by its weight
 * over its own spread, the standard deviation of what it says about the whole collection. The score is the weighted mean
 * of the values, itself at most 1; its order is that of the weighted sum of z-scores.
 *
 * @module
 */
import type { ScorePart } from '../song.js';
import { byScore, type Neighbour } from '../vectors/vector-index.js';
import type { Judge } from './song-store.js';

/** One way of comparing a question with the songs. */
export interface Signal {
  /** What it is called in an explained answer. */
  readonly name: string;
  readonly weight: number;
  /** Compares the question with every song; null where there is nothing to compare. Called once. */
  judge(): Judge | null;
  /** A quicker way to the `k` best, for a signal that decides alone. */
  nearest?(k: number, allowed?: (id: number) => boolean): Promise<readonly Neighbour[]>;
}

/** A song with its score and what that is made of. */
export interface Ranked extends Neighbour {
  readonly parts: readonly ScorePart[];
}

/** Which songs to rank. */
export interface RankOptions {
  readonly k: number;
  readonly allowed?: ((id: number) => boolean) | undefined;
}

// A song that is among the best in the mix is, in practice, among this many of at least one signal.
const LEAST_CANDIDATES = 500;
// The first look at a vector rounds its numbers; whoever belongs among the k best is among this many more.
const SPARE = 32;

/** Several signals as one. */
export class Mix {
  readonly #signals: readonly Signal[];
  #opened: { name: string; judge: Judge; share: number }[] | undefined;

  constructor(signals: readonly Signal[]) {
    this.#signals = signals;
  }

  /** The `k` songs that fit the signals together best. */
  async best({ k, allowed }: RankOptions): Promise<Ranked[]> {
    const [only, another] = this.#signals;
    if (only?.nearest && !another) {
      const near = await only.nearest(k, allowed);
      return near.map((song) => ({ ...song, parts: [{ signal: only.name, value: song.score, share: 1 }] }));
    }
    const ids = new Set<number>();
    for (const { judge } of this.#open()) {
      for (const id of judge.top(Math.max(LEAST_CANDIDATES, 2 * k), allowed)) ids.add(id);
    }
    return this.order([...ids], k);
  }

  /** The `k` best of these songs, best first; those that a signal cannot judge are left out. */
  order(ids: readonly number[], k: number): Ranked[] {
    const signals = this.#open();
    const roughly: Neighbour[] = [];
    for (const id of ids) {
      let score = 0;
      for (const { judge, share } of signals) score += share * (judge.of(id) ?? Number.NaN);
      if (!Number.isNaN(score)) roughly.push({ id, score });
    }
    const close = roughly
      .sort(byScore)
      .slice(0, k + SPARE)
      .map(({ id }) => id);
    const exact = signals.map(({ judge }) => judge.exactly(close));
    return close
      .map((id) => {
        const parts = signals.map(({ name, share }, i) => ({ signal: name, value: exact[i]!.get(id)!, share }));
        return { id, score: parts.reduce((sum, { value, share }) => sum + value * share, 0), parts };
      })
      .sort(byScore)
      .slice(0, k);
  }

  /** The mean and the standard deviation that scores would have over the collection if the signals knew nothing of each other. */
  scale(): { mean: number; spread: number } {
    const signals = this.#open();
    const mean = signals.reduce((sum, { judge, share }) => sum + share * judge.mean, 0);
    const variance = signals.reduce((sum, { judge, share }) => sum + (share * judge.spread) ** 2, 0);
    return { mean, spread: Math.sqrt(variance) };
  }

  #open(): { name: string; judge: Judge; share: number }[] {
    if (this.#opened) return this.#opened;
    const judged = this.#signals.flatMap((signal) => {
      const judge = signal.judge();
      return judge ? [{ name: signal.name, judge, pull: signal.weight / judge.spread }] : [];
    });
    const pulls = judged.reduce((sum, { pull }) => sum + pull, 0);
    this.#opened = judged.map(({ name, judge, pull }) => ({ name, judge, share: pull / pulls }));
    return this.#opened;
  }
}
