/**
 * One score from several models.
 *
 * Models spread their cosines differently: 0.02 is nothing to one and a lot to another. So each model's cosine is
 * weighed by its weight over its own spread, the standard deviation of its cosines between this question and a sample of
 * the collection. The score is the weighted mean of the cosines, itself in [-1, 1]; its order is that of the weighted sum of
 * z-scores.
 *
 * @module
 */
import { byScore, dot, type Neighbour, type SearchOptions } from '../vectors/vector-index.js';
import type { SongStore, Space } from './song-store.js';

/** A question as one model sees it. */
export interface Signal {
  readonly space: Space;
  /** The question's unit vector. */
  readonly vector: Float32Array;
  readonly weight: number;
}

// A song that is among the best in the mix is, in practice, among this many of at least one model.
const LEAST_CANDIDATES = 200;

/** The `k` songs that fit the signals together best. */
export async function searchMix(
  store: SongStore,
  signals: readonly Signal[],
  k: number,
  options: SearchOptions = {},
): Promise<Neighbour[]> {
  const [only, another] = signals;
  if (only && !another) return store.nearest(only.space, only.vector, k, options);
  const depth = Math.max(LEAST_CANDIDATES, 2 * k);
  const ids = new Set<number>();
  for (const { space, vector } of signals) {
    for (const { id } of await store.nearest(space, vector, depth, options)) ids.add(id);
  }
  return scoreMix(store, signals, [...ids]).slice(0, k);
}

/** Songs in the order in which they fit the signals together; those that a signal cannot judge are left out. */
export function scoreMix(store: SongStore, signals: readonly Signal[], ids: readonly number[]): Neighbour[] {
  if (ids.length === 0) return [];
  const single = signals.length === 1;
  const parts = signals.map((signal) => ({
    vector: signal.vector,
    share: single ? 1 : signal.weight / spread(store, signal),
    vectors: store.vectors(signal.space, ids),
  }));
  const shares = parts.reduce((sum, { share }) => sum + share, 0);
  return ids
    .filter((id) => parts.every(({ vectors }) => vectors.has(id)))
    .map((id) => {
      const sum = parts.reduce((sum, { vector, share, vectors }) => sum + share * dot(vector, vectors.get(id)!), 0);
      return { id, score: sum / shares };
    })
    .sort(byScore);
}

/** The standard deviation of a question's cosines over a sample of the collection. */
function spread(store: SongStore, { space, vector }: Signal): number {
  const cosines = store.sample(space).map((other) => dot(vector, other));
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / cosines.length;
  // A collection of one song, or of copies of one, has no spread: every weight is as good as another then.
  return Math.sqrt(variance) || 1;
}
