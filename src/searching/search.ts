/**
 * The questions, over any song store. Each is prepared once and may then be asked for more and more songs.
 * @module
 */
import { byScore } from '../vectors/vector-index.js';
import { Mix, type Ranked, type RankOptions } from './mix.js';
import { descriptionSignals, lyricsSignals, type Question, type SignalOptions } from './signals.js';
import type { SongStore } from './song-store.js';

export { LocalStore, type SearchMethod } from './local-store.js';
export type { Ranked } from './mix.js';
export {
  countingKinds,
  type ModelKind,
  modelsOf,
  type QueryVector,
  type Question,
  type SignalOptions,
} from './signals.js';
export { SongNames } from './song-names.js';
export type { SongStore, Space } from './song-store.js';

/** A prepared question: its `k` best songs. */
export type Ranking = (options: RankOptions) => Promise<Ranked[]>;

/** The songs with the lyrics nearest to the given ones. */
export function rankByLyrics(store: SongStore, lyrics: Question, options: SignalOptions = {}): Ranking {
  const mix = new Mix(lyricsSignals(store, lyrics, options));
  return (wanted) => mix.best(wanted);
}

/**
 * The songs that fit a description best. A song is judged by its summary, or by its lyrics where it has none:
 * descriptions, summaries and lyrics lie in one space.
 */
export function rankByDescription(store: SongStore, description: Question, options: SignalOptions = {}): Ranking {
  const { bySummary, byLyrics, merge } = descriptionMixes(store, description, options);
  const summaries = store.count('summary');
  if (summaries === 0) return (wanted) => byLyrics.best(wanted);
  if (summaries === store.count('lyrics')) return (wanted) => bySummary.best(wanted);
  const summarized = store.holders('summary');
  const both = (allowed: RankOptions['allowed'], has: boolean) => (id: number) =>
    summarized.has(id) === has && (allowed?.(id) ?? true);
  return async ({ k, allowed }) =>
    merge(
      await bySummary.best({ k, allowed: both(allowed, true) }),
      await byLyrics.best({ k, allowed: both(allowed, false) }),
      k,
    );
}

/** How `both` goes about it. */
export interface BothSteps {
  /** Which question finds the candidates; the other one puts them in order. */
  readonly first: 'lyrics' | 'desc';
  readonly candidates: number;
  /** Puts candidates first that hold a phrase. */
  readonly quoted?: (ranking: Ranking) => Ranking;
}

/**
 * The article's two steps: the `candidates` songs with the nearest lyrics, put in order by how well they fit the
 * description; or the other way round. Never a song that is not among those candidates.
 */
export function rankByBoth(
  store: SongStore,
  { lyrics, description }: { lyrics: Question; description: Question },
  { first, candidates, quoted = (ranking) => ranking }: BothSteps,
  options: SignalOptions = {},
): Ranking {
  const find =
    first === 'lyrics' ? rankByLyrics(store, lyrics, options) : rankByDescription(store, description, options);
  const order =
    first === 'lyrics' ? descriptionOrder(store, description, options) : lyricsOrder(store, lyrics, options);
  return async ({ k, allowed }) => {
    const found = (await find({ k: candidates, allowed })).map(({ id }) => id);
    const among: Ranking = async ({ k, allowed }) => order(allowed ? found.filter(allowed) : found, k);
    return quoted(among)({ k });
  };
}

function lyricsOrder(store: SongStore, lyrics: Question, options: SignalOptions) {
  const mix = new Mix(lyricsSignals(store, lyrics, options));
  return (ids: readonly number[], k: number) => mix.order(ids, k);
}

function descriptionOrder(store: SongStore, description: Question, options: SignalOptions) {
  const { bySummary, byLyrics, merge } = descriptionMixes(store, description, options);
  return (ids: readonly number[], k: number) => {
    const summarized = store.holders('summary');
    const having = ids.filter((id) => summarized.has(id));
    const others = ids.filter((id) => !summarized.has(id));
    return merge(
      having.length > 0 ? bySummary.order(having, k) : [],
      others.length > 0 ? byLyrics.order(others, k) : [],
      k,
    );
  };
}

// Fewer summaries than these do not tell how scores by summary are spread.
const ENOUGH_SUMMARIES = 30;

function descriptionMixes(store: SongStore, description: Question, options: SignalOptions) {
  const bySummary = new Mix(descriptionSignals(store, description, 'summary', options));
  const byLyrics = new Mix(descriptionSignals(store, description, 'lyrics', options));
  /** One order for songs judged by their summaries and songs judged by their lyrics, on the scale of the former; so are their parts. */
  const merge = (summarized: readonly Ranked[], others: readonly Ranked[], k: number) => {
    let rescaled = others;
    if (summarized.length > 0 && others.length > 0 && store.count('summary') >= ENOUGH_SUMMARIES) {
      const to = bySummary.scale();
      const from = byLyrics.scale();
      rescaled = others.map((song) => {
        const score = Math.min(1, to.mean + ((song.score - from.mean) / from.spread) * to.spread);
        const rescaling = { signal: 'no summary', value: score - song.score, share: 1 };
        return { ...song, score, parts: [...song.parts, rescaling] };
      });
    }
    return [...summarized, ...rescaled].sort(byScore).slice(0, k);
  };
  return { bySummary, byLyrics, merge };
}
