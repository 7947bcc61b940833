/**
 * Songs by name.
 * @module
 */
import { LyrecError } from '../errors.js';
import { gramsOf, nameKey, sharedGrams } from '../wording/wording-index.js';
import type { SongStore } from './song-store.js';

// Names shown to somebody who misspelt one.
const NEAREST = 5;
// Below this share of common letters' runs a name is another name.
const LEAST_LIKE = 0.18;

/**
 * The id of the song that a person means: its number, `Artist - Title`, or a title alone that only one song has. Case,
 * accents and punctuation do not count.
 *
 * @throws LyrecError `song-unknown` with the nearest names where there is no such song, `bad-argument` where there are several.
 */
export function findSong(store: SongStore, reference: string): number {
  if (/^\s*\d+\s*$/.test(reference) && Number.isSafeInteger(Number(reference))) {
    const id = Number(reference);
    if (store.songs([id]).length > 0) return id;
  }
  const artists = store.column({ own: 'artist' });
  const titles = store.column({ own: 'title' });
  const wanted = nameKey(reference);
  const nameOf = (id: number) => [artists.get(id), titles.get(id)].filter(Boolean).join(' - ');
  const byName: number[] = [];
  const byTitle: number[] = [];
  for (const [id, title] of titles) {
    // Most titles end otherwise: only those that end alike are compared whole.
    const own = nameKey(title);
    if (!wanted.endsWith(own)) continue;
    if (own === wanted) byTitle.push(id);
    else if (wanted === nameKey(nameOf(id))) byName.push(id);
  }
  const found = byName.length > 0 ? byName : byTitle;
  if (found.length === 1) return found[0]!;
  const list = (ids: readonly number[]) => ids.map((id) => `#${id} ${nameOf(id)}`).join('; ');
  if (found.length > 1) {
    const more = found.length > NEAREST ? `; and ${found.length - NEAREST} more` : '';
    throw new LyrecError('bad-argument', `${found.length} songs are called "${reference}".`, {
      hint: `Name one by its number: ${list(found.slice(0, NEAREST))}${more}.`,
    });
  }
  if (/^\s*\d+\s*$/.test(reference)) {
    throw new LyrecError('song-unknown', `There is no song ${reference.trim()}.`, {
      hint: 'A song_id is the number of the row in the CSV, from 1; rows without words have none.',
    });
  }
  const near = nearestNames(
    [...titles.keys()].map((id) => [id, nameOf(id), titles.get(id) ?? '']),
    reference,
  );
  throw new LyrecError('song-unknown', `There is no song "${reference}".`, {
    hint:
      near.length > 0
        ? `The nearest: ${list(near)}.`
        : 'Write its number, or "Artist - Title", as lyrec show prints it.',
  });
}

function nearestNames(names: readonly (readonly [number, string, string])[], reference: string): number[] {
  const wanted = new Set(gramsOf(reference));
  const likeness = (name: string) => sharedGrams(new Set(gramsOf(name)), wanted);
  return names
    .map(([id, name, title]) => ({ id, like: Math.max(likeness(name), likeness(title)) }))
    .filter(({ like }) => like >= LEAST_LIKE)
    .sort((a, b) => b.like - a.like || a.id - b.id)
    .slice(0, NEAREST)
    .map(({ id }) => id);
}
