import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, LyRec } from '../../src/index.js';
import { csvOf, put, ROWS } from '../support/songs.js';

const STORM = 'praying on deck through a storm, only three come home';
const ABOUT = [
  'a boy goes to sea',
  'a shipwreck',
  'childhood',
  'a divorce',
  'dancing all night',
  'wages that never suffice',
];

/** Songs from one song to another, line by line; every second one has a summary. */
const COLLECTION = Array.from({ length: 72 }, (_, i) => ({
  ...{ artist: 'X', song: `Song ${i + 1}` },
  text: Array.from({ length: 6 }, (_, line) => ROWS[line < i / 12 ? 1 : 4]!.text.split('\n')[line % 4]).join(` ${i}\n`),
  summary: i % 2 ? `A song about ${ABOUT[i % 6]}, ${i}` : '',
}));

let place: string;
let lyrec: LyRec;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  const folder = join(place, 'index');
  await buildIndex({ input: put(place, 'songs.csv', csvOf(COLLECTION)), folder });
  lyrec = await LyRec.open(folder);
});
afterAll(async () => {
  await lyrec.close();
  rmSync(place, { recursive: true });
});

describe('an index in which half of the songs have a summary', () => {
  it('makes every score up of its parts, also those of songs without a summary', async () => {
    const { matches } = await lyrec.describe(STORM, { k: 72, fold: false });
    expect(matches.filter(({ song }) => song.summaryBy === 'csv')).toHaveLength(36);
    expect(matches).toHaveLength(72);
    for (const { score, parts } of matches) {
      const compared = parts.filter(({ signal }) => signal !== 'no summary');
      expect(compared.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
      expect(parts.reduce((sum, { value, share }) => sum + value * share, 0)).toBeCloseTo(score, 6);
    }
  });

  it('has walks from and to songs without one', async () => {
    const ends = async (from: number, to: number) =>
      (await lyrec.path(from, to, { steps: 3 })).songs.map(({ song }) => song.id).filter((_, i) => i % 3 === 0);
    expect(await ends(1, 72)).toEqual([1, 72]);
    expect(await ends(1, 71)).toEqual([1, 71]);
    await expect(lyrec.path(1, 72, { by: 'story' })).rejects.toMatchObject({
      code: 'bad-argument',
      message: 'One of the two songs has nothing to be compared by.',
    });
  });

  it('says that a song without one cannot be compared by its story', async () => {
    await expect(lyrec.like([1, 3], { by: 'story' })).rejects.toMatchObject({ code: 'bad-argument' });
    expect((await lyrec.like([1, 2], { by: 'story', fold: false })).matches).toHaveLength(10);
    expect((await lyrec.like([1], { fold: false })).matches).toHaveLength(10);
  });
});
