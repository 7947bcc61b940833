import { describe, expect, it } from 'vitest';
import { meanOf, shareOf } from '../../src/evaluating/intervals.js';
import {
  differencesOf,
  meanReciprocalRank,
  metricsOf,
  ndcgAt,
  type Rank,
  recallAt,
} from '../../src/evaluating/metrics.js';

// Ten questions: first, first, second, third, fourth, tenth, eleventh, fiftieth, and two not found.
const RANKS: readonly Rank[] = [1, 1, 2, 3, 4, 10, 11, 50, null, null];

describe('the figures of ranks', () => {
  it('count the questions whose song is among the first k', () => {
    expect(recallAt(RANKS, 1)).toBe(0.2);
    expect(recallAt(RANKS, 10)).toBe(0.6);
    expect(recallAt(RANKS, 50)).toBe(0.8);
  });

  it('average one over the rank, with nothing for a song that was not found', () => {
    const byHand = (1 + 1 + 1 / 2 + 1 / 3 + 1 / 4 + 1 / 10 + 1 / 11 + 1 / 50) / 10;
    expect(meanReciprocalRank(RANKS)).toBeCloseTo(byHand, 12);
    expect(byHand).toBeCloseTo(0.3294, 4);
  });

  it('discount the gain by the logarithm of the place, and give none beyond k', () => {
    // log2 of 2, 2, 3, 4, 5 and 11.
    const byHand = (1 + 1 + 1 / 1.5849625 + 1 / 2 + 1 / 2.3219281 + 1 / 3.4594316) / 10;
    expect(ndcgAt(RANKS, 10)).toBeCloseTo(byHand, 7);
  });

  it('are the same with intervals as without', () => {
    const metrics = metricsOf(RANKS, 50);
    expect(Object.keys(metrics)).toEqual(['R@1', 'R@10', 'R@50', 'MRR', 'nDCG@10']);
    expect(metrics['R@10']!.value).toBe(recallAt(RANKS, 10));
    expect(metrics.MRR!.value).toBeCloseTo(meanReciprocalRank(RANKS), 12);
    expect(metrics['nDCG@10']!.value).toBeCloseTo(ndcgAt(RANKS, 10), 12);
    for (const { value, low, high } of Object.values(metrics)) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
  });

  it('claim nothing about places that were not looked at', () => {
    expect(Object.keys(metricsOf([1, 2, null], 5))).toEqual(['R@1', 'R@5', 'MRR', 'nDCG@5']);
    expect(Object.keys(metricsOf([1, 2, null], 100))).toEqual(['R@1', 'R@10', 'R@50', 'R@100', 'MRR', 'nDCG@10']);
  });
});

describe('the interval of a share', () => {
  it.each([
    // Worked out by hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n); at 0 of n the upper end is z² / (n + z²).
    [8, 10, 0.4901625, 0.9433178],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [60, 120, 0.4119388, 0.5880612],
  ])('of %i in %i is %f to %f', (hits, total, low, high) => {
    const share = shareOf(hits, total);
    expect(share.value).toBe(hits / total);
    expect(share.low).toBeCloseTo(low, 5);
    expect(share.high).toBeCloseTo(high, 5);
  });
});

describe('the interval of a mean', () => {
  it('agrees with the normal approximation where there are many values', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2);
    const { value, low, high } = meanOf(values);
    expect(value).toBe(0.5);
    // 1.96 times 0.5 / sqrt(400)
    expect(0.5 - low).toBeCloseTo(0.049, 2);
    expect(high - 0.5).toBeCloseTo(0.049, 2);
  });

  it('is the same every time', () => {
    expect(meanOf([0, 0.25, 1])).toEqual(meanOf([0, 0.25, 1]));
  });
});

describe('the difference of two rankings', () => {
  it('is nothing, for certain, between a ranking and itself', () => {
    const none = { value: 0, low: 0, high: 0 };
    expect(differencesOf(RANKS, RANKS, 50)).toMatchObject({ 'R@1': none, MRR: none, 'nDCG@10': none });
  });

  it('is positive where the second is better', () => {
    const worse: Rank[] = [2, 2, 2, 2];
    const better: Rank[] = [1, 1, 1, 1];
    expect(differencesOf(worse, better, 10)).toMatchObject({
      'R@1': { value: 1, low: 1, high: 1 },
      'R@10': { value: 0, low: 0, high: 0 },
      MRR: { value: 0.5, low: 0.5, high: 0.5 },
    });
    expect(differencesOf(better, worse, 10).MRR!.value).toBe(-0.5);
  });

  it('is known more exactly than either figure, since the questions are the same', () => {
    const first: Rank[] = Array.from({ length: 200 }, (_, i) => (i % 2 ? 1 : null));
    // The same but for ten questions that are answered now.
    const second = first.map((rank, i) => (i < 20 ? 1 : rank));
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const difference = differencesOf(first, second, 10)['R@1']!;
    expect(difference.value).toBeCloseTo(0.05, 12);
    expect(difference.low).toBeGreaterThan(0);
    expect(width(difference)).toBeLessThan(width(metricsOf(first, 10)['R@1']!) / 2);
  });
});
