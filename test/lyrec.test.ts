import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIndex, LyRec } from '../src/index.js';
import { csvOf, put, ROWS, scratch } from './support/songs.js';

const STORM = 'praying on deck through a storm, only three come home';

let place: string;
let lyrec: LyRec;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  const folder = join(place, 'index');
  await buildIndex({ input: put(place, 'songs.csv', csvOf(ROWS)), folder });
  lyrec = await LyRec.open(folder);
});
afterAll(async () => {
  await lyrec.close();
  rmSync(place, { recursive: true });
});

const titles = ({ matches }: { matches: readonly { song: { title: string } }[] }) =>
  matches.map(({ song }) => song.title);

describe('similarLyrics', () => {
  it.each(ROWS)('finds "$song" by its own lyrics', async ({ song, text }) => {
    const { matches } = await lyrec.similarLyrics(text);
    expect(matches[0]).toMatchObject({ rank: 1, song: { title: song } });
    expect(matches[0]?.score).toBeCloseTo(1, 3);
  });
});

describe('describe', () => {
  it.each([
    [STORM, 'Salt on the Stairs'],
    ['childhood memory of baking with grandma', 'Kitchen Light'],
    ['after the divorce, drinking alone', 'Ring Finger'],
    ['an upbeat club anthem for partying all night', 'Until the Sun Comes Up'],
    ['a worker who never earns enough to pay the landlord', 'Payday'],
  ])('finds the song for "%s"', async (description, title) => {
    expect(titles(await lyrec.describe(description, { k: 1 }))).toEqual([title]);
  });

  it('returns every song once when asked for more than there are', async () => {
    const { matches } = await lyrec.describe(STORM, { k: 1000 });
    expect(matches.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(matches.map(({ song }) => song.id)).size).toBe(ROWS.length);
  });

  it('answers the same from the graph and by comparing everything', async () => {
    const exact = await LyRec.open(lyrec.info.folder, { search: 'exact' });
    expect(titles(await exact.describe(STORM))).toEqual(titles(await lyrec.describe(STORM)));
    await exact.close();
  });

  it('judges a song by its summary too where it has one, by its lyrics where it has none', async () => {
    const folder = join(scratch(), 'index');
    const rows = ROWS.map((row, i) =>
      i === 5 ? { ...row, summary: 'Sailors pray on deck through a terrible storm.' } : row,
    );
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const some = await LyRec.open(folder);
    const [without, withIt] = [titles(await lyrec.describe(STORM)), titles(await some.describe(STORM))];
    expect(withIt).toHaveLength(ROWS.length);
    expect(withIt.indexOf('Payday')).toBeLessThan(without.indexOf('Payday'));
    expect(withIt.filter((title) => title !== 'Payday')).toEqual(without.filter((title) => title !== 'Payday'));
    await some.close();
  });
});

describe('both', () => {
  it('never returns a song outside the nearest by lyrics', async () => {
    const lyrics = ROWS[0]!.text;
    const near = new Set(titles(await lyrec.similarLyrics(lyrics, { k: 3 })));
    const found = titles(await lyrec.both({ lyrics, description: 'dancing in a club' }, { candidates: 3 }));
    expect(new Set(found)).toEqual(near);
  });

  it('orders them by the description', async () => {
    const found = await lyrec.both({ lyrics: ROWS[0]!.text, description: STORM });
    expect(titles(found)).toEqual(titles(await lyrec.describe(STORM)));
  });
});

describe('a question that cannot be answered', () => {
  it('is answered once the model is there again', async () => {
    const here = scratch();
    const model = join(here, 'model');
    cpSync(fileURLToPath(new URL('../models/lyrec-static/', import.meta.url)), model, { recursive: true });
    const folder = join(here, 'index');
    await buildIndex({ input: put(here, 'songs.csv', csvOf(ROWS)), folder, model: { model } });
    const open = await LyRec.open(folder);
    renameSync(model, `${model} away`);
    await expect(open.describe(STORM)).rejects.toMatchObject({ code: 'model-missing' });
    renameSync(`${model} away`, model);
    expect(titles(await open.describe(STORM, { k: 1 }))).toEqual(['Salt on the Stairs']);
    await open.close();
  });

  it.each([0, -1, 1.5, Number.NaN])('is refused with k = %s', async (k) => {
    await expect(lyrec.describe(STORM, { k })).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it.each(['', ' \n\t'])('is refused when empty (%j)', async (text) => {
    await expect(lyrec.describe(text)).rejects.toThrow('empty');
    await expect(lyrec.similarLyrics(text)).rejects.toThrow('empty');
  });

  it.each([
    ['no description', () => lyrec.describe(null as never)],
    ['a number of lyrics', () => lyrec.similarLyrics(5 as never)],
    ['a song that is in no list', () => lyrec.like(1 as never)],
    ['a song that is an object', () => lyrec.path({} as never, 2)],
    ['a condition that is in no list', () => lyrec.describe(STORM, { where: 'year>1' as never })],
  ])('is refused from JavaScript: %s', async (_, ask) => {
    await expect(ask()).rejects.toMatchObject({ name: 'LyrecError', code: 'bad-argument' });
  });

  it('is refused once the index is closed', async () => {
    const closed = await LyRec.open(lyrec.info.folder, { search: 'exact' });
    await closed.close();
    await closed.close();
    await expect(closed.describe(STORM)).rejects.toMatchObject({ code: 'index-closed' });
    expect(() => closed.song(1)).toThrow('is closed');
  });

  it('names an unknown song', () => {
    expect(() => lyrec.song(7)).toThrow('has no song 7');
  });
});
