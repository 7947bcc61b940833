/**
 * Builds that are killed at moments drawn from a seed. `LYREC_KILLS=20 LYREC_KILL_SONGS=300 npx vitest run
 * test/cli/killed.test.ts` does it at length, `LYREC_KILL_SEED` at other moments.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { LyRec } from '../../src/index.js';
import { seededRandom } from '../../src/random.js';
import { chatServer, summaryOf } from '../support/chat-server.js';
import { BIN, lyrec } from '../support/cli.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

const KILLS = Number(process.env.LYREC_KILLS ?? 4);
const SONGS = Number(process.env.LYREC_KILL_SONGS ?? 40);
const random = seededRandom(Number(process.env.LYREC_KILL_SEED ?? 1));

// Songs that a build asks a server about at once.
const IN_HAND = 4;

const rows = Array.from({ length: SONGS }, (_, i) => {
  const row = ROWS[i % ROWS.length]!;
  return { ...row, song: `Song ${i + 1}`, text: `${row.text}\nVerse ${i + 1}` };
});

it('a build killed again and again pays for no summary twice and ends like one left alone', {
  timeout: 600_000,
}, async () => {
  const here = scratch();
  const input = put(here, 'songs.csv', csvOf(rows));
  let answered = 0;
  let last = Number.POSITIVE_INFINITY;
  let onLast = () => {};
  const { llm, asked } = await chatServer(async ({ title }) => {
    await new Promise((done) => setTimeout(done, random() * 30));
    // Nobody gets an answer any more: no build ends before it is killed.
    if (answered >= last) return undefined;
    if (++answered === last) onLast();
    return summaryOf(title);
  });
  const args = (folder: string) => ['build', input, '--index', folder, '--llm', llm, '--llm-model', 'm'];
  const folder = join(here, 'killed');

  let paidTwice = 0;
  const midway: number[] = [];
  let stored = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const before = asked.length;
    // More than a build has in hand, so that something is kept; few enough for every kill to have its share.
    last = answered + IN_HAND + 1 + Math.floor(random() * (SONGS / KILLS - IN_HAND - 1));
    const child = spawn(process.execPath, [BIN, ...args(folder)], { stdio: 'ignore' });
    onLast = () => setTimeout(() => child.kill('SIGKILL'), random() * 40);
    await new Promise((done) => child.on('close', done));
    paidTwice += asked.slice(before).filter(({ title }) => stored.has(title)).length;
    stored = storedIn(folder);
    midway.push(stored.size);
  }
  last = Number.POSITIVE_INFINITY;
  // The kills did hit the middle, and each build went on from there.
  expect(midway.at(-1)).toBeGreaterThan(0);
  expect(midway.at(-1)).toBeLessThan(SONGS);
  const before = asked.length;
  expect(await lyrec(args(folder))).toMatchObject({ status: 0 });
  paidTwice += asked.slice(before).filter(({ title }) => stored.has(title)).length;
  expect(paidTwice).toBe(0);
  // What was in hand at each kill is lost, and nothing else.
  const lost = asked.length - SONGS;
  expect(lost).toBeLessThanOrEqual(KILLS * IN_HAND);

  const alone = join(here, 'alone');
  expect(await lyrec(args(alone))).toMatchObject({ status: 0 });
  expect(await everythingIn(folder)).toEqual(await everythingIn(alone));
  if (process.env.LYREC_KILLS)
    console.log(
      `${SONGS} songs, ${KILLS} kills: ${lost} answers lost on the way; stored at each kill: ${midway.join(' ')}`,
    );
});

/** The titles of the songs whose summary lies in the catalog. */
function storedIn(folder: string): Set<string> {
  const file = join(folder, 'catalog.sqlite');
  if (!existsSync(file)) return new Set();
  const db = new Database(file, { readonly: true });
  const all = db.prepare('SELECT summary FROM summaries WHERE summary IS NOT NULL').pluck().all() as string[];
  db.close();
  return new Set(all.map((summary) => /of (Song \d+)/.exec(summary)?.[1] ?? ''));
}

async function everythingIn(folder: string): Promise<unknown> {
  const index = await LyRec.open(folder, { search: 'exact' });
  const songs = rows.map((_, i) => index.song(i + 1));
  const answers = [
    await index.describe('grief and a stubborn will to go on', { k: SONGS }),
    await index.similarLyrics(ROWS[0]!.text, { k: SONGS }),
  ];
  await index.close();
  return { songs, answers };
}
