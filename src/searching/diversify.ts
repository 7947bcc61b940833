/**
 * A page that is not all one artist or one theme.
 * Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing Summaries", 1998.
 * @module
 */
import { dot } from '../vectors/vector-index.js';
import type { Folded } from './fold.js';
import type { SongStore, Space } from './song-store.js';

// How much fitting the question counts against being unlike what is on the page already.
const FIT = 0.7;
// At most this share of a page is by one artist, while there are others.
const ONE_ARTIST = 0.2;

/** How many songs to choose a page of `k` from. */
export function diversityPool(k: number): number {
  return Math.max(50, 5 * k);
}

/** Chooses `k` songs, the best first, each of the next for fitting the question and for being unlike those before it. */
export function diversify(store: SongStore, space: Space, pool: readonly Folded[], k: number): Folded[] {
  const ids = pool.map(({ id }) => id);
  const vectors = store.vectors(space, ids);
  const artists = new Map(store.songs(ids).map(({ id, artist }) => [id, artist]));
  const most = Math.max(1, Math.ceil(k * ONE_ARTIST));
  const best = pool[0]?.score ?? 0;
  const range = best - (pool.at(-1)?.score ?? 0) || 1;
  const rest = new Map(pool.map((song) => [song, { fit: (song.score - best) / range + 1, likeness: 0 }]));
  const page: Folded[] = [];
  const count = new Map<string, number>();
  while (page.length < k && rest.size > 0) {
    const isFull = ({ id }: Folded) => (count.get(artists.get(id) ?? '') ?? 0) >= most;
    const candidates = [...rest].filter(([song]) => !isFull(song));
    const [next] = (candidates.length > 0 ? candidates : [...rest]).reduce((a, b) =>
      worth(b[1]) > worth(a[1]) ? b : a,
    );
    rest.delete(next);
    page.push(next);
    const artist = artists.get(next.id) ?? '';
    if (artist) count.set(artist, (count.get(artist) ?? 0) + 1);
    const vector = vectors.get(next.id);
    for (const [song, state] of rest) {
      const other = vectors.get(song.id);
      if (vector && other) state.likeness = Math.max(state.likeness, dot(vector, other));
    }
  }
  return page;
}

function worth({ fit, likeness }: { fit: number; likeness: number }): number {
  return FIT * fit - (1 - FIT) * likeness;
}
