import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIndex, LyRec } from '../../src/index.js';
import { lyrec } from '../support/cli.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

describe('an index whose catalog', () => {
  it.each([
    ['is gone', (file: string) => rmSync(file)],
    ['is something else', (file: string) => writeFileSync(file, 'no database '.repeat(1000))],
    ['is cut short', (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 50_000))],
    ['is empty', (file: string) => writeFileSync(file, '')],
  ])('%s is mended by building it again', async (_, spoil) => {
    const here = scratch();
    const options = { input: put(here, 'songs.csv', csvOf(ROWS)), folder: join(here, 'index') };
    await buildIndex(options);
    spoil(join(options.folder, 'catalog.sqlite'));
    await expect(LyRec.open(options.folder)).rejects.toMatchObject({ code: 'index-damaged' });
    expect(await buildIndex(options)).toMatchObject({ upToDate: false, manifest: { songs: 6 } });
    const mended = await LyRec.open(options.folder);
    expect((await mended.describe('sailors in a storm', { k: 1 })).matches).toHaveLength(1);
    await mended.check();
    await mended.close();
  });

  it('is of something else keeps that file: paid summaries may be in it', async () => {
    const here = scratch();
    const options = { input: put(here, 'songs.csv', csvOf(ROWS)), folder: join(here, 'index') };
    await buildIndex(options);
    writeFileSync(join(options.folder, 'catalog.sqlite'), 'no database '.repeat(1000));
    await buildIndex(options);
    expect(readFileSync(join(options.folder, 'catalog.sqlite.damaged'), 'utf8')).toMatch(/^no database/);
  });

  it('has a manifest of something else is damaged, not of another version', async () => {
    const here = scratch();
    put(here, 'manifest.json', '{}');
    await expect(LyRec.open(here)).rejects.toMatchObject({ code: 'index-damaged' });
  });
});

describe('a collection without a song', () => {
  it('says why no row is one', async () => {
    const here = scratch();
    const input = put(here, 'songs.csv', 'song,text\nA,la,la\nB,do,do\nC,\n');
    await expect(buildIndex({ input, folder: join(here, 'index') })).rejects.toMatchObject({
      code: 'no-songs',
      message: expect.stringContaining('2 rows with the wrong number of fields, 1 row without words'),
      hint: expect.stringContaining('line 2'),
    });
  });
});

describe('a collection of nothing but a header', () => {
  it('is not asked which of its columns holds the lyrics', async () => {
    const here = scratch();
    const input = put(here, 'songs.csv', 'song,text\n');
    await expect(buildIndex({ input, folder: join(here, 'index') })).rejects.toThrow('has no rows');
  });
});

describe.skipIf(!existsSync('/proc/self'))('a folder that cannot be made', () => {
  it('is refused at once', async () => {
    const input = put(scratch(), 'songs.csv', csvOf(ROWS));
    expect(await lyrec(['build', input, '--index', '/proc/lyrec/index'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('cannot be used as an index folder'),
    });
  });
});
