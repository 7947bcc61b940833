/**
 * Covers, live takes and reprints: songs with nearly the same lyrics, shown once.
 * @module
 */
import { dot } from '../vectors/vector-index.js';
import { gramsOf, sharedGrams } from '../wording/wording-index.js';
import type { Ranked } from './mix.js';
import type { SongStore, Space } from './song-store.js';

/** A song and the ones folded into it. */
export interface Folded extends Ranked {
  readonly also: readonly number[];
}

// Same lyrics lie this near in any model; a cheap look before the words themselves are compared.
const NEAR = 0.85;
// The share of runs of letters that two songs have in common: covers that sing a verse less or other names have 0.7.
const SAME = 0.65;

// Each song is compared with each before it: nobody would wait for that in a ranking of a whole collection.
const MOST = 500;

/**
 * Folds each song into the first one before it that has nearly the same lyrics, until there are 500 different ones; those
 * that follow are as they are.
 */
export function foldNear(store: SongStore, space: Space, ranked: readonly Ranked[]): Folded[] {
  const vectors = store.vectors(
    space,
    ranked.map(({ id }) => id),
  );
  const grams = new Map<number, ReadonlySet<number>>();
  const gramsFor = (id: number) => {
    let own = grams.get(id);
    if (!own) {
      own = new Set(gramsOf(store.songs([id])[0]?.lyrics ?? ''));
      grams.set(id, own);
    }
    return own;
  };
  const folded: (Ranked & { also: number[] })[] = [];
  for (const song of ranked) {
    if (folded.length >= MOST) {
      folded.push({ ...song, also: [] });
      continue;
    }
    const vector = vectors.get(song.id);
    const twin = folded.find(({ id }) => {
      const other = vectors.get(id);
      return vector && other && dot(vector, other) >= NEAR && sharedGrams(gramsFor(id), gramsFor(song.id)) >= SAME;
    });
    if (twin) twin.also.push(song.id);
    else folded.push({ ...song, also: [] });
  }
  return folded;
}
