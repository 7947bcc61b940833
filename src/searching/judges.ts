/**
 * Judges over values that are held for every song.
 * @module
 */
import { placesOf, type Scan, topPlaces } from '../vectors/vector-index.js';
import type { Judge } from './song-store.js';

/** A judge of cosines. */
export function scanJudge(scan: Scan): Judge {
  return { ...statistics(scan.cosines), of: scan.of, top: scan.top, exactly: scan.exactly };
}

/**
 * A judge of values in the order of `ids`, as shares of the largest; null where all are zero.
 */
export function shareJudge(ids: Uint32Array, values: Float32Array, places: Int32Array = placesOf(ids)): Judge | null {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  if (largest === 0) return null;
  const { mean, spread } = statistics(values);
  const of = (id: number) => {
    const value = values[places[id] ?? -1];
    return value === undefined ? undefined : value / largest;
  };
  return {
    mean: mean / largest,
    spread: spread / largest,
    of,
    top: (k, allowed) => {
      const isAllowed = allowed && ((place: number) => allowed(ids[place]!));
      return topPlaces(values, Math.min(k, ids.length), isAllowed).map((place) => ids[place]!);
    },
    exactly: (some) =>
      new Map(
        some.flatMap((id) => {
          const value = of(id);
          return value === undefined ? [] : [[id, value] as const];
        }),
      ),
  };
}

/** The same judge, to whom a song that it cannot judge is an average one. */
export function lenient(judge: Judge): Judge {
  return {
    ...judge,
    of: (id) => judge.of(id) ?? judge.mean,
    exactly: (ids) => {
      const known = judge.exactly(ids);
      return new Map(ids.map((id) => [id, known.get(id) ?? judge.mean]));
    },
  };
}

function statistics(values: Float32Array): { mean: number; spread: number } {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  // A collection of one song, or of copies of one, has no spread: every weight is as good as another then.
  return { mean, spread: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) || 1 };
}
