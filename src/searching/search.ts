/**
 * The three questions, over any song store.
 * @module
 */
import { byScore, dot, type Neighbour } from '../vectors/vector-index.js';
import type { SongStore } from './song-store.js';

export { LocalStore, type SearchMethod } from './local-store.js';
export type { SongStore } from './song-store.js';

/** The `k` songs with the lyrics nearest to a vector. */
export function searchLyrics(store: SongStore, lyrics: Float32Array, k: number): Promise<Neighbour[]> {
  return store.nearest('lyrics', lyrics, k);
}

/**
 * The `k` songs that fit a description best. A song is judged by its summary, or by its lyrics where it has none:
 * the model places descriptions, summaries and lyrics in one space.
 */
export async function searchDescription(store: SongStore, description: Float32Array, k: number): Promise<Neighbour[]> {
  const [summarized, all] = await Promise.all([store.holders('summary'), store.holders('lyrics')]);
  if (summarized.count === 0) return store.nearest('lyrics', description, k);
  const bySummary = await store.nearest('summary', description, k);
  if (summarized.count === all.count) return bySummary;
  const byLyrics = await store.nearest('lyrics', description, k, { allowed: (id) => !summarized.has(id) });
  return [...bySummary, ...byLyrics].sort(byScore).slice(0, k);
}

/**
 * The article's two steps: the `candidates` songs with the nearest lyrics, put in order by how well they fit the
 * description. Never a song that is not among those candidates.
 */
export async function searchBoth(
  store: SongStore,
  { lyrics, description }: { lyrics: Float32Array; description: Float32Array },
  { k, candidates }: { k: number; candidates: number },
): Promise<Neighbour[]> {
  const ids = (await store.nearest('lyrics', lyrics, candidates)).map(({ id }) => id);
  const summaries = store.vectors('summary', ids);
  const texts = store.vectors(
    'lyrics',
    ids.filter((id) => !summaries.has(id)),
  );
  return ids
    .flatMap((id) => {
      const vector = summaries.get(id) ?? texts.get(id);
      return vector ? [{ id, score: dot(description, vector) }] : [];
    })
    .sort(byScore)
    .slice(0, k);
}
