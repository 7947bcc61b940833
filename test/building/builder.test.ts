import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../../src/catalog/schema.js';
import { buildIndex, LyRec } from '../../src/index.js';
import { lockFolder } from '../../src/index-folder/index-folder.js';
import { npyOf } from '../support/npy.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

/** A built index of some rows. */
async function built(rows: readonly object[] = ROWS) {
  const place = scratch();
  const input = put(place, 'songs.csv', csvOf(rows));
  const folder = join(place, 'index');
  await buildIndex({ input, folder });
  return { input, folder };
}

async function answers(folder: string): Promise<unknown> {
  const lyrec = await LyRec.open(folder);
  const answer = await lyrec.describe('a storm at sea', { k: 100 });
  await lyrec.close();
  return answer;
}

describe('building', () => {
  it('does nothing when nothing has changed', async () => {
    const { input, folder } = await built();
    const before = readFileSync(join(folder, 'manifest.json'), 'utf8');
    const again = await buildIndex({ input, folder });
    expect(again).toMatchObject({ upToDate: true, embedded: 0 });
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(before);
  });

  it('embeds only what is new and answers like an index built at once', async () => {
    const { input, folder } = await built(ROWS.slice(0, 4));
    writeFileSync(input, csvOf(ROWS));
    expect(await buildIndex({ input, folder })).toMatchObject({ upToDate: false, embedded: 2 });
    expect(await answers(folder)).toEqual(await answers((await built()).folder));
  });

  it('forgets songs that left the collection, and the files of all editions but the last two', async () => {
    const { input, folder } = await built();
    for (const from of [1, 2, 3]) {
      writeFileSync(input, csvOf(ROWS.slice(from)));
      await buildIndex({ input, folder });
    }
    expect(await answers(folder)).toEqual(await answers((await built(ROWS.slice(3))).folder));
    expect(readdirSync(folder).filter((name) => name.endsWith('.codes'))).toHaveLength(2);
  });

  it('keeps the older index when the new collection cannot be read', async () => {
    const { input, folder } = await built();
    const before = await answers(folder);
    writeFileSync(input, `${csvOf(ROWS.slice(0, 2))}A,"B "quoted" title",,la\n`);
    await expect(buildIndex({ input, folder })).rejects.toThrow('line 10');
    expect(await answers(folder)).toEqual(before);
  });

  it('goes on where an interrupted build stopped', async () => {
    const place = scratch();
    const many = Array.from({ length: 40 }, (_, i) =>
      ROWS.map((row) => ({ ...row, text: `${row.text}\n${i}` })),
    ).flat();
    const input = put(place, 'songs.csv', csvOf(many));
    const folder = join(place, 'index');
    const interrupt = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage === 'indexing') interrupt.abort();
    };
    await expect(buildIndex({ input, folder, onProgress, signal: interrupt.signal })).rejects.toThrow('Interrupted');
    await expect(LyRec.open(folder)).rejects.toThrow('was never finished');
    expect(await buildIndex({ input, folder })).toMatchObject({ embedded: 0, upToDate: false });
    expect(await answers(folder)).toEqual(await answers((await built(many)).folder));
  });

  it('leaves a reader with the index it opened', async () => {
    const { input, folder } = await built();
    const reader = await LyRec.open(folder, { search: 'exact' });
    writeFileSync(input, csvOf([{ ...ROWS[5], text: 'something else entirely' }]));
    await buildIndex({ input, folder });
    expect(reader.song(1).title).toBe('The Pilot Boat');
    expect((await reader.similarLyrics(ROWS[2]!.text)).matches[0]?.song.title).toBe('Kitchen Light');
    await reader.close();
    const next = await LyRec.open(folder);
    expect(next.song(1).title).toBe('Payday');
    await next.close();
  });

  it('lets one build at a time write to a folder', async () => {
    const { input, folder } = await built();
    writeFileSync(input, csvOf(ROWS.slice(1)));
    const both = await Promise.allSettled([buildIndex({ input, folder }), buildIndex({ input, folder })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'index-busy' } });
  });

  it.skipIf(!existsSync('/proc/self/fd'))(
    'lets go of what it has opened when another build holds the folder',
    async () => {
      const { input, folder } = await built();
      const vectors = { lyrics: put(scratch(), 'lyrics.npy', npyOf(ROWS.map(() => [1, 0]))) };
      const options = { input, folder, vectors, model: { model: 'Alibaba-NLP/gte-Qwen2-1.5B-instruct' } };
      const openFiles = () => readdirSync('/proc/self/fd').length;
      const before = openFiles();
      const unlock = lockFolder(folder);
      await expect(buildIndex(options)).rejects.toMatchObject({ code: 'index-busy' });
      unlock();
      expect(openFiles()).toBe(before);
    },
  );

  it('does not take a folder that cannot be written for a busy one', async () => {
    const { input, folder } = await built();
    rmSync(join(folder, 'build.lock'));
    mkdirSync(join(folder, 'build.lock'));
    await expect(buildIndex({ input, folder })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('cannot be used as an index folder'),
    });
  });

  it('reads a pipe once, also where there is an index', async () => {
    const { folder } = await built();
    const pipe = join(scratch(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writing = writeFile(pipe, csvOf(ROWS.slice(0, 5)));
    expect((await buildIndex({ input: pipe, folder })).manifest.songs).toBe(5);
    await writing;
  });

  it('mends a catalog that has lost its bytes', async () => {
    const { input, folder } = await built();
    const before = await answers(folder);
    truncateSync(join(folder, 'catalog.sqlite'), 0);
    await buildIndex({ input, folder });
    expect(await answers(folder)).toEqual(before);
  });

  it('leaves no folder behind for a collection without songs', async () => {
    const place = scratch();
    const folder = join(place, 'index');
    const input = put(place, 'songs.csv', 'song,text\nA,\n');
    await expect(buildIndex({ input, folder })).rejects.toThrow('no song with words');
    expect(existsSync(folder)).toBe(false);
  });

  it('gives two songs with the same words the same vector, each its own id', async () => {
    const { folder } = await built([ROWS[0]!, { ...ROWS[0], song: 'The Pilot Boat (live)' }]);
    const lyrec = await LyRec.open(folder);
    const { matches } = await lyrec.similarLyrics(ROWS[0]!.text, { fold: false });
    expect(matches.map(({ song }) => song.id)).toEqual([1, 2]);
    expect(matches[0]?.score).toBe(matches[1]?.score);
    await lyrec.close();
  });
});

describe('opening an index', () => {
  it('says what to do where there is none', async () => {
    await expect(LyRec.open(scratch())).rejects.toMatchObject({ code: 'index-missing', hint: /lyrec build/ });
  });

  it('refuses one of another format', async () => {
    const { folder } = await built();
    const file = join(folder, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"format": \d+/, '"format": 99'));
    await expect(LyRec.open(folder)).rejects.toThrow('has format 99');
  });

  it.each(['.codes', '.grams', '.hnsw', 'catalog.sqlite'])(
    'refuses one whose %s is gone or cut short',
    async (ending) => {
      const { folder } = await built();
      const file = join(folder, readdirSync(folder).find((name) => name.endsWith(ending))!);
      if (ending === 'catalog.sqlite')
        writeFileSync(file, 'not a database, but long enough to look like one'.repeat(99));
      else truncateSync(file, 50);
      await expect(LyRec.open(folder)).rejects.toThrow('is missing or damaged');
      truncateSync(file, 0);
      await expect(LyRec.open(folder)).rejects.toThrow('is missing or damaged');
      rmSync(file);
      await expect(LyRec.open(folder)).rejects.toThrow('is missing or damaged');
    },
  );
});

describe('checking an index', () => {
  it('finds damage inside the catalog', async () => {
    const { folder } = await built();
    const file = join(folder, 'catalog.sqlite');
    const bytes = readFileSync(file);
    // A page of the middle: the head of the file stays that of a catalog.
    bytes.fill(0x55, PAGE_SIZE * 2, PAGE_SIZE * 3);
    writeFileSync(file, bytes);
    const lyrec = await LyRec.open(folder);
    await expect(lyrec.check()).rejects.toMatchObject({ code: 'index-damaged' });
    await lyrec.close();
  });

  it('is not troubled by a file that goes meanwhile', async () => {
    const { folder } = await built();
    const lyrec = await LyRec.open(folder);
    const { bytes } = await lyrec.check();
    symlinkSync('gone', join(folder, 'lyrics.static.2.codes.new'));
    expect(await lyrec.check()).toMatchObject({ bytes });
    expect(bytes).toBeGreaterThan(statSync(join(folder, 'catalog.sqlite')).size);
    await lyrec.close();
  });
});
