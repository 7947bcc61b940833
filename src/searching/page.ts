/**
 * From a ranking to the songs of an answer.
 * @module
 */
import { type Folded, foldNear } from './fold.js';
import type { Ranking } from './search.js';
import type { SongStore, Space } from './song-store.js';

/** What an answer is to hold. */
export interface PageOptions {
  readonly k: number;
  readonly allowed?: ((id: number) => boolean) | undefined;
  /** Whether songs with nearly the same lyrics are shown once. */
  readonly fold: boolean;
  /** Whether one artist or one theme is kept from filling the page. */
  readonly diverse: boolean;
}

// A page has seldom more covers than these.
const SPARE = 10;

/** The `k` songs of an answer, fewer only where fewer are to be had. */
export async function choosePage(
  store: SongStore,
  space: Space,
  ranking: Ranking,
  options: PageOptions,
): Promise<Folded[]> {
  const { k, allowed, fold, diverse } = options;
  const diversity = diverse ? await import('./diversify.js') : null;
  const pool = diversity?.diversityPool(k) ?? k;
  for (let depth = fold ? pool + SPARE : pool; ; depth *= 2) {
    const ranked = await ranking({ k: depth, allowed });
    const songs = fold ? foldNear(store, space, ranked) : ranked.map((song) => ({ ...song, also: [] }));
    if (songs.length < pool && ranked.length === depth) continue;
    return diversity?.diversify(store, space, songs.slice(0, pool), k) ?? songs.slice(0, k);
  }
}
