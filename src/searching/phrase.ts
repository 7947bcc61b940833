/**
 * Words in quotation marks: looked for as they stand.
 * @module
 */
import { plainWords } from '../wording/wording-index.js';
import type { Ranked } from './mix.js';
import type { Ranking } from './search.js';
import type { SongStore } from './song-store.js';

const QUOTED = /"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»/gu;

// Lyrics read at a time.
const PAGE = 200;

/** The phrases that a description has in quotation marks. */
export function phrasesIn(description: string): string[] {
  return [...description.matchAll(QUOTED)].map((match) => match.slice(1).find(Boolean) ?? '').filter(plainWords);
}

/** The phrase that lyrics are, if all of them is in quotation marks: inside lyrics, those are somebody speaking. */
export function wholePhrase(lyrics: string): string[] {
  const [match, another] = lyrics.matchAll(QUOTED);
  return match && !another && match[0] === lyrics.trim() ? phrasesIn(lyrics) : [];
}

/**
 * Puts the songs whose lyrics hold every phrase word for word first, in the ranking's own order, each with 1 added to its
 * score; then the others. Case, accents and punctuation do not count, line ends do not either.
 */
export function phrasesFirst(store: SongStore, ranking: Ranking, phrases: readonly string[]): Ranking {
  if (phrases.length === 0) return ranking;
  const plain = phrases.map((phrase) => ` ${plainWords(phrase)} `);
  return async ({ k, allowed }) => {
    const lists = plain.map((phrase) => store.mayHold(phrase)).filter((list) => list !== null);
    const sets = lists.map((list) => new Set(list));
    const mayHold = (id: number) => sets.every((set) => set.has(id)) && (allowed?.(id) ?? true);
    // A deeper page need not begin with the songs of the one before it: more songs were weighed for it.
    const looked = new Map<number, boolean>();
    let holders: Ranked[] = [];
    for (let depth = Math.max(PAGE, 2 * k); holders.length < k; depth *= 4) {
      const page = await ranking({ k: depth, allowed: mayHold });
      for (const { id } of page) if (!looked.has(id)) looked.set(id, holds(store, id, plain));
      holders = page.filter(({ id }) => looked.get(id)).slice(0, k);
      if (page.length < depth) break;
    }
    holders = holders.map(withPhrase);
    if (holders.length >= k) return holders;
    const found = new Set(holders.map(({ id }) => id));
    const others = await ranking({ k: k - holders.length, allowed: (id) => !found.has(id) && (allowed?.(id) ?? true) });
    return [...holders, ...others];
  };
}

function holds(store: SongStore, id: number, plain: readonly string[]): boolean {
  const [song] = store.songs([id]);
  const words = ` ${plainWords(song?.lyrics ?? '')} `;
  return plain.every((phrase) => words.includes(phrase));
}

function withPhrase(song: Ranked): Ranked {
  return { ...song, score: song.score + 1, parts: [...song.parts, { signal: 'phrase', value: 1, share: 1 }] };
}
