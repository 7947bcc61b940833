/**
 * Ranks in, figures out. Pure functions, also used while a model is trained.
 *
 * Every question has one right answer (or several names of it), so each figure is a mean over questions of a value
 * that depends on one rank:
 *
 *     rank      1    2    3   …  10   …  50   not found
 *     R@1       1    0    0       0       0       0       is it the first?
 *     R@10      1    1    1       1       0       0       is it on the first page?
 *     MRR       1   1/2  1/3    1/10    1/50      0       one over the rank
 *     nDCG@10   1   .63  .50     .29      0       0       one over log2(1 + rank)
 *
 * @module
 */
import { type Estimate, meanOf, shareOf } from './intervals.js';

export type { Estimate } from './intervals.js';

/** The place of the right song in an answer, from 1; null where the answer does not hold it. */
export type Rank = number | null;

/** Figures by name, in the order in which they are shown: `R@1`, `R@10`, `R@50`, `MRR`, `nDCG@10`. */
export type Metrics = Readonly<Record<string, Estimate>>;

/** The share of questions whose right song is among the first `k`. */
export function recallAt(ranks: readonly Rank[], k: number): number {
  return mean(ranks, (rank) => hit(rank, k));
}

/** The mean of one over the rank; a song that was not found counts as 0. */
export function meanReciprocalRank(ranks: readonly Rank[]): number {
  return mean(ranks, reciprocal);
}

/**
 * Normalised discounted cumulative gain of the first `k` (Järvelin and Kekäläinen, 2002). With one right song a question
 * the ideal is 1, and the gain 1 / log2(1 + rank).
 */
export function ndcgAt(ranks: readonly Rank[], k: number): number {
  return mean(ranks, (rank) => gain(rank, k));
}

/**
 * All figures of at least one rank, each with its 95 % interval: Wilson's for the shares, a bootstrap over questions for the means.
 *
 * @param depth how many songs each answer held at most; nothing is claimed about places beyond.
 */
export function metricsOf(ranks: readonly Rank[], depth: number): Metrics {
  const count = ranks.length;
  return Object.fromEntries(
    figures(depth).map(({ name, value, isShare }) => {
      const values = ranks.map(value);
      return [name, isShare ? shareOf(values.filter((one) => one === 1).length, count) : meanOf(values)];
    }),
  );
}

/**
 * By how much the second answers to the same questions are better than the first, each with the 95 % interval of a
 * bootstrap over the pairs: what both find, and what neither does, does not blur the difference.
 */
export function differencesOf(first: readonly Rank[], second: readonly Rank[], depth: number): Metrics {
  return Object.fromEntries(
    figures(depth).map(({ name, value }) => {
      const differences = second.map((rank, i) => value(rank) - value(first[i]!));
      return [name, meanOf(differences)];
    }),
  );
}

interface Figure {
  readonly name: string;
  readonly value: (rank: Rank) => number;
  readonly isShare: boolean;
}

function figures(depth: number): Figure[] {
  const cutoffs = new Set([1, 10, 50].filter((k) => k <= depth)).add(depth);
  const page = Math.min(10, depth);
  return [
    ...[...cutoffs].map((k) => ({ name: `R@${k}`, value: (rank: Rank) => hit(rank, k), isShare: true })),
    { name: 'MRR', value: reciprocal, isShare: false },
    { name: `nDCG@${page}`, value: (rank: Rank) => gain(rank, page), isShare: false },
  ];
}

function hit(rank: Rank, k: number): number {
  return rank !== null && rank <= k ? 1 : 0;
}

function reciprocal(rank: Rank): number {
  return rank === null ? 0 : 1 / rank;
}

function gain(rank: Rank, k: number): number {
  return rank !== null && rank <= k ? 1 / Math.log2(1 + rank) : 0;
}

function mean(ranks: readonly Rank[], value: (rank: Rank) => number): number {
  return ranks.reduce<number>((sum, rank) => sum + value(rank), 0) / ranks.length;
}
