/**
 * How popular songs are, where the collection says so.
 * @module
 */
import { LyrecError } from '../errors.js';
import { POPULARITY_NAMES, plainColumnName } from '../popularity-columns.js';
import { numberIn } from './cell-number.js';
import { shareJudge } from './judges.js';
import type { Judge, SongStore } from './song-store.js';

/** The column that tells how popular a song is. @throws LyrecError `bad-argument`, naming the columns there are. */
export function popularityColumn(metadata: readonly string[]): string {
  const plain = metadata.map(plainColumnName);
  const found = POPULARITY_NAMES.map((name) => plain.indexOf(name)).find((place) => place >= 0);
  if (found !== undefined) return metadata[found]!;
  const there = metadata.length > 0 ? `Its further columns are: ${metadata.join(', ')}.` : 'It has no further columns.';
  throw new LyrecError('bad-argument', `The collection has no column that tells how popular a song is. ${there}`, {
    hint: `Such a column is called ${POPULARITY_NAMES.slice(0, 2).join(', ')}, streams, plays, …`,
  });
}

/** What songs have in that column; a song without a number has none. */
export function popularities(store: SongStore, metadata: readonly string[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  for (const [id, value] of store.column({ metadata: popularityColumn(metadata) })) {
    const number = numberIn(value);
    if (number !== null) numbers.set(id, number);
  }
  return numbers;
}

/**
 * Judges songs by the share of the collection that is less popular: plays and streams span many powers of ten, shares do
 * not. Songs without a number count as the least popular.
 */
export function popularityJudge(store: SongStore, metadata: readonly string[]): Judge {
  const numbers = popularities(store, metadata);
  const ids = Uint32Array.from([...store.column({ own: 'title' }).keys()].sort((a, b) => a - b));
  const sorted = Float64Array.from(numbers.values()).sort();
  const shares = Float32Array.from(ids, (id) => {
    const number = numbers.get(id);
    return number === undefined ? 0 : (below(sorted, number) + 1) / sorted.length;
  });
  return shareJudge(ids, shares) ?? { mean: 0, spread: 1, of: () => 0, top: () => [], exactly: zeros };
}

function zeros(ids: readonly number[]): ReadonlyMap<number, number> {
  return new Map(ids.map((id) => [id, 0]));
}

/** How many of the sorted numbers are smaller. */
function below(sorted: Float64Array, number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
