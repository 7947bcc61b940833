/**
 * Cases that a collection makes of itself: does an excerpt find its song?
 * @module
 */
import { LyrecError } from '../errors.js';
import type { LyRec } from '../lyrec.js';
import { seededRandom, shuffled } from '../random.js';
import { distinctLines } from '../reading/lines.js';
import type { EvaluationCase } from './cases.js';

const LINES = 4;
const SEED = 20_260_102;

/**
 * Four lines, one after the other but for repetitions, from each of `count` songs; the same every time. Songs with fewer
 * distinct lines are passed over, so a small collection may give fewer cases.
 *
 * @throws LyrecError `no-songs` where no song is long enough.
 */
export function excerptCases(lyrec: LyRec, count: number): EvaluationCase[] {
  const random = seededRandom(SEED);
  const cases: EvaluationCase[] = [];
  for (const id of shuffled(lyrec.songIds(), random)) {
    const lines = distinctLines(lyrec.song(id).lyrics).split('\n');
    if (lines.length < LINES) continue;
    const start = Math.floor(random() * (lines.length - LINES + 1));
    cases.push({ songIds: [id], query: { lyrics: lines.slice(start, start + LINES).join('\n') } });
    if (cases.length === count) break;
  }
  if (cases.length > 0) return cases;
  throw new LyrecError('no-songs', `No song of the index in ${lyrec.info.folder} has ${LINES} different lines.`, {
    hint: 'Write your own questions into a file instead.',
  });
}
