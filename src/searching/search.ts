/**
 * The three questions, over any song store.
 * @module
 */
import type { Embedder } from '../embedding/embedder.js';
import type { Field } from '../song.js';
import { byScore, type Neighbour } from '../vectors/vector-index.js';
import { type Signal, scoreMix, searchMix } from './mix.js';
import type { SongStore } from './song-store.js';
import { WEIGHTS } from './weights.js';

export { LocalStore, type SearchMethod } from './local-store.js';
export { SongNames } from './song-names.js';
export type { SongStore, Space } from './song-store.js';

/** A question's text as one of the index's models sees it. */
export interface QueryVector {
  readonly model: string;
  readonly kind: Embedder['kind'];
  readonly vector: Float32Array;
}

/** The `k` songs with the lyrics nearest to the given ones. */
export function searchLyrics(store: SongStore, lyrics: readonly QueryVector[], k: number): Promise<Neighbour[]> {
  return searchMix(store, signals(lyrics, 'lyrics', WEIGHTS.lyrics), k);
}

/**
 * The `k` songs that fit a description best. A song is judged by its summary, or by its lyrics where it has none:
 * descriptions, summaries and lyrics lie in one space.
 */
export async function searchDescription(
  store: SongStore,
  description: readonly QueryVector[],
  k: number,
): Promise<Neighbour[]> {
  const byField = (field: Field) => signals(description, field, WEIGHTS.description);
  if (store.count('summary') === 0) return searchMix(store, byField('lyrics'), k);
  const bySummary = await searchMix(store, byField('summary'), k);
  if (store.count('summary') === store.count('lyrics')) return bySummary;
  const summarized = await store.holders('summary');
  const byLyrics = await searchMix(store, byField('lyrics'), k, { allowed: (id) => !summarized.has(id) });
  return [...bySummary, ...byLyrics].sort(byScore).slice(0, k);
}

/**
 * The article's two steps: the `candidates` songs with the nearest lyrics, put in order by how well they fit the
 * description. Never a song that is not among those candidates.
 */
export async function searchBoth(
  store: SongStore,
  { lyrics, description }: { lyrics: readonly QueryVector[]; description: readonly QueryVector[] },
  { k, candidates }: { k: number; candidates: number },
): Promise<Neighbour[]> {
  const ids = (await searchLyrics(store, lyrics, candidates)).map(({ id }) => id);
  const bySummary = scoreMix(store, signals(description, 'summary', WEIGHTS.description), ids);
  const summarized = new Set(bySummary.map(({ id }) => id));
  const others = ids.filter((id) => !summarized.has(id));
  const byLyrics = scoreMix(store, signals(description, 'lyrics', WEIGHTS.description), others);
  return [...bySummary, ...byLyrics].sort(byScore).slice(0, k);
}

function signals(
  query: readonly QueryVector[],
  field: Field,
  weights: Readonly<Record<Embedder['kind'], number>>,
): Signal[] {
  return query.map(({ model, kind, vector }) => ({ space: { field, model }, vector, weight: weights[kind] }));
}
