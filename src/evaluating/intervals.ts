/**
 * How far a figure that was measured on some questions may be from the figure on all questions of that kind.
 * @module
 */
import { seededRandom } from '../random.js';

/** A figure and the interval that holds the true one in 95 of 100 measurements. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

// The normal distribution has 95 % of its mass within this many standard deviations.
const Z = 1.959964;
// Enough for interval ends that are stable in the second decimal.
const RESAMPLES = 2000;
const SEED = 20_260_101;

/**
 * A share: `hits` of `total`. The interval is Wilson's (1927): unlike a bootstrap it is not empty where all or none are
 * hits, and it stays within [0, 1].
 */
export function shareOf(hits: number, total: number): Estimate {
  const value = hits / total;
  const z2 = Z * Z;
  const middle = (value + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Z / (1 + z2 / total)) * Math.sqrt((value * (1 - value)) / total + z2 / (4 * total * total));
  // At either end the formula gives the value itself, but for rounding.
  return { value, low: Math.min(value, Math.max(0, middle - half)), high: Math.max(value, Math.min(1, middle + half)) };
}

/**
 * A mean of any values. The interval is the percentile bootstrap's over the values (Efron, 1979), with a fixed seed: the
 * same values give the same interval. Of a few dozen values or fewer it is somewhat too narrow.
 */
export function meanOf(values: readonly number[]): Estimate {
  const count = values.length;
  const random = seededRandom(SEED);
  const means = new Float64Array(RESAMPLES);
  for (let sample = 0; sample < RESAMPLES; sample++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[Math.floor(random() * count)]!;
    means[sample] = sum / count;
  }
  means.sort();
  const outside = Math.round(RESAMPLES * 0.025);
  return {
    value: values.reduce((sum, value) => sum + value, 0) / count,
    low: means[outside]!,
    high: means[RESAMPLES - 1 - outside]!,
  };
}
