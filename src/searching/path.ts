/**
 * A walk from one song to another in small steps.
 *
 *     from ─► near from ─► … between … ─► near to ─► to        no jump larger than it must be
 *
 * @module
 */
import { normalize } from '../embedding/unit-vector.js';
import { LyrecError } from '../errors.js';
import { byScore, dot } from '../vectors/vector-index.js';
import type { SongStore, Space } from './song-store.js';

// Places on the way from which songs are collected, and how many from each.
const STOPS = 9;
const AT_EACH = 60;
// A longer walk collects more songs, but not more than these: each is compared with each.
const MOST_SONGS = 2400;
const MOST_STEPS = 100;

/** A song of a walk, and its cosine with the one before it; null for the first. */
export interface Step {
  readonly id: number;
  readonly score: number | null;
}

/**
 * The walk of exactly `steps` jumps whose smallest cosine is the largest there is among songs that lie between the two,
 * always nearer to the end and further from the start. No song comes twice; the same walk every time.
 *
 * @param spaces those that only one of the two songs has a place in, as that of summaries may be, are passed over.
 * @throws LyrecError `bad-argument` for too many steps, if no space is left, or if too few songs lie between.
 */
export async function walk(
  store: SongStore,
  spaces: readonly Space[],
  { from, to, steps, allowed }: { from: number; to: number; steps: number; allowed?: (id: number) => boolean },
): Promise<Step[]> {
  if (steps > MOST_STEPS) {
    throw new LyrecError('bad-argument', `A walk has at most ${MOST_STEPS} steps, not ${steps}.`);
  }
  const ways = spaces.flatMap((space) => {
    const ends = store.vectors(space, [from, to]);
    const [a, b] = [ends.get(from), ends.get(to)];
    return a && b ? [{ space, a, b }] : [];
  });
  if (ways.length === 0) {
    throw new LyrecError('bad-argument', 'One of the two songs has nothing to be compared by.', {
      hint: 'A song without a summary has no story; compare by lyrics.',
    });
  }
  const atEach = Math.min(AT_EACH * Math.ceil(steps / 10), Math.floor(MOST_SONGS / (STOPS * ways.length)));
  const between = new Set<number>();
  for (const { space, a, b } of ways) {
    for (let stop = 0; stop < STOPS; stop++) {
      const share = stop / (STOPS - 1);
      const place = normalize(a.map((value, d) => (1 - share) * value + share * b[d]!));
      const isBetween = (id: number) => id !== from && id !== to && (allowed?.(id) ?? true);
      for (const { id } of await store.nearest(space, place, atEach, { allowed: isBetween })) {
        between.add(id);
      }
    }
  }
  const likeness = likenessOf(
    store,
    ways.map(({ space }) => space),
    [from, to, ...between],
  );
  const progress = (id: number) => likeness(id, to) - likeness(id, from);
  const songs = [...between]
    .map((id) => ({ id, score: -progress(id) }))
    .filter(({ id }) => progress(id) > progress(from) && progress(id) < progress(to))
    .sort(byScore)
    .map(({ id }) => id);
  if (songs.length < steps - 1) {
    const found = songs.length === 0 ? 'No song' : songs.length === 1 ? 'Only 1 song' : `Only ${songs.length} songs`;
    const one = songs.length < 2;
    const which = allowed ? ` that ${one ? 'passes' : 'pass'} the filters` : '';
    const most = songs.length === 0 ? '1 step' : `at most ${songs.length + 1} steps`;
    throw new LyrecError('bad-argument', `${found}${which} ${one ? 'lies' : 'lie'} between the two.`, {
      hint: `Ask for ${most}, ${allowed ? 'or filter less' : 'or for songs further apart'}.`,
    });
  }
  const line = [from, ...songs, to];
  const order = widest(line, steps, likeness);
  return order.map((id, i) => ({ id, score: i === 0 ? null : likeness(order[i - 1]!, id) }));
}

/**
 * The best way along a line, from its first to its last, in exactly `steps` jumps forward: the one whose worst jump is
 * best, and of those the one whose jumps are best together.
 */
function widest(line: readonly number[], steps: number, likeness: (a: number, b: number) => number): number[] {
  const last = line.length - 1;
  const pairs = line.map((b, j) => line.slice(0, j).map((a) => likeness(a, b)));
  let worst = Float64Array.from(line, (_, i) => (i === 0 ? 1 : Number.NEGATIVE_INFINITY));
  let sums = new Float64Array(line.length);
  const came: Int32Array[] = [];
  for (let step = 0; step < steps; step++) {
    const nextWorst = new Float64Array(line.length).fill(Number.NEGATIVE_INFINITY);
    const nextSums = new Float64Array(line.length);
    const from = new Int32Array(line.length).fill(-1);
    for (let j = 1; j <= last; j++) {
      for (let i = 0; i < j; i++) {
        if (worst[i] === Number.NEGATIVE_INFINITY) continue;
        const jump = pairs[j]![i]!;
        const least = Math.min(worst[i]!, jump);
        const sum = sums[i]! + jump;
        if (least > nextWorst[j]! || (least === nextWorst[j] && sum > nextSums[j]!)) {
          nextWorst[j] = least;
          nextSums[j] = sum;
          from[j] = i;
        }
      }
    }
    worst = nextWorst;
    sums = nextSums;
    came.push(from);
  }
  const places = [last];
  for (let step = steps - 1; step >= 0; step--) places.unshift(came[step]![places[0]!]!);
  return places.map((place) => line[place]!);
}

/** The mean cosine of two songs over all spaces that both are in. */
function likenessOf(store: SongStore, spaces: readonly Space[], ids: readonly number[]) {
  const all = spaces.map((space) => store.vectors(space, ids));
  return (a: number, b: number): number => {
    let sum = 0;
    let count = 0;
    for (const vectors of all) {
      const one = vectors.get(a);
      const other = vectors.get(b);
      if (!one || !other) continue;
      sum += dot(one, other);
      count++;
    }
    return count > 0 ? sum / count : -1;
  };
}
