import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  buildIndex,
  LyRec,
  readCollection,
  readPairs,
  summariesOf,
  type TuneOptions,
  tuneModel,
} from '../../src/index.js';
import { csvOf, put, scratch } from '../support/songs.js';

const SHIPPED = fileURLToPath(new URL('../../models/lyrec-static', import.meta.url));

// What the songs' words have to do with each other, and what people call them: nothing a model could know beforehand.
const THEMES = [
  { words: 'rope harbour anchor mast herring tide sailor net'.split(' '), said: 'velvet marmalade' },
  { words: 'engine furnace hammer bolt wage shift boiler foreman'.split(' '), said: 'paper geometry' },
  { words: 'orchard barley plough meadow lamb fence harvest barn'.split(' '), said: 'silent trumpet' },
];

/** Songs of three themes, each of some of its theme's words; described by the theme's name and one word of their own. */
function collection(songs = 90): { csv: string; pairs: string } {
  const rows = Array.from({ length: songs }, (_, i) => {
    const { words, said } = THEMES[i % THEMES.length]!;
    const some = words.filter((_, w) => (i >> (w % 5)) % 2 === 0 || w % 4 === i % 4);
    return { artist: 'A', song: `S${i}`, text: `${some.join(' ')}\nnumber ${i}`, said };
  });
  return {
    csv: csvOf(rows.map(({ said: _, ...row }) => row)),
    pairs: rows.map(({ said }, i) => JSON.stringify({ song_id: i + 1, description: said })).join('\n'),
  };
}

async function prepared(songs?: number): Promise<Pick<TuneOptions, 'described' | 'songs'> & { out: string }> {
  const folder = scratch();
  const { csv, pairs } = collection(songs);
  const read = await readCollection({ csv: [put(folder, 'songs.csv', csv)] });
  const { songs: described } = await readPairs(put(folder, 'pairs.jsonl', pairs), read);
  return { described, songs: read.songs, out: join(folder, 'model') };
}

const QUICK = { runs: 1, passes: 4, heldOut: 15 };

describe('tuning', () => {
  it('learns from some songs what others are called', async () => {
    const { out, ...what } = await prepared();
    const { before, after, passes } = await tuneModel({ ...what, out, ...QUICK });
    // Thirty songs of a theme share a description: at random a song is found at rank 45, by its theme at 15.
    expect(after.MRR).toBeGreaterThan(1.3 * before.MRR);
    expect(passes.at(-1)!.loss).toBeLessThan(passes[0]!.loss);
  });

  it('writes a model that an index can be built and asked with', async () => {
    const { out, ...what } = await prepared();
    await tuneModel({ ...what, out, ...QUICK });
    const place = scratch();
    const folder = join(place, 'index');
    await buildIndex({ input: put(place, 'songs.csv', collection().csv), folder, model: { model: out } });
    const lyrec = await LyRec.open(folder);
    const { matches } = await lyrec.describe('velvet marmalade', { k: 5 });
    for (const { song } of matches) expect((song.id - 1) % THEMES.length).toBe(0);
    await lyrec.close();
  });

  it('makes the same model from the same seed, and another from another', async () => {
    const { out, ...what } = await prepared(60);
    const models: Buffer[] = [];
    for (const [name, seed] of [
      ['a', 7],
      ['b', 7],
      ['c', 8],
    ] as const) {
      await tuneModel({ ...what, out: `${out}-${name}`, runs: 2, passes: 1, heldOut: 10, seed });
      models.push(readFileSync(join(`${out}-${name}`, 'model.safetensors')));
    }
    expect(models[1]!.equals(models[0]!)).toBe(true);
    expect(models[2]!.equals(models[0]!)).toBe(false);
  });

  it("learns an encoder's view of the songs too", async () => {
    const { out, ...what } = await prepared(60);
    const teacher = fileURLToPath(new URL('../fixtures/models/tiny-bert', import.meta.url));
    const told: number[] = [];
    const report = await tuneModel({
      ...what,
      out,
      ...QUICK,
      passes: 1,
      teacher,
      onReading: ({ done, total }) => told.push(done / total),
    });
    await tuneModel({ ...what, out: `${out}-alone`, ...QUICK, passes: 1 });
    expect(report.teacher).toBe(teacher);
    expect(told.at(-1)).toBe(1);
    const weights = [out, `${out}-alone`].map((folder) => readFileSync(join(folder, 'model.safetensors')));
    expect(weights[0]!.equals(weights[1]!)).toBe(false);
  });

  it('keeps the best so far when it is interrupted', async () => {
    const { out, ...what } = await prepared(60);
    const interrupt = new AbortController();
    const onProgress = ({ pass }: { pass: number }) => {
      if (pass === 1) interrupt.abort();
    };
    const report = await tuneModel({ ...what, out, ...QUICK, passes: 50, onProgress, signal: interrupt.signal });
    expect(report).toMatchObject({ interrupted: true, passes: { length: 1 } });
    expect(JSON.parse(readFileSync(join(out, 'tuning.json'), 'utf8'))).toEqual(report);
  });

  it('keeps the start where training makes nothing better', async () => {
    const { out, ...what } = await prepared(60);
    // Everybody says the same: there is nothing to learn.
    const described = what.described.map(({ song }) => ({ song, descriptions: ['a song'] }));
    const { before, after } = await tuneModel({ ...what, described, out, ...QUICK });
    expect(after.MRR).toBeGreaterThanOrEqual(before.MRR);
  });
});

describe('what to learn from', () => {
  it('is found by artist and title in several files, where numbers say nothing', async () => {
    const folder = scratch();
    const files = ['a', 'b'].map((name) =>
      put(folder, `${name}.csv`, csvOf([{ artist: name, song: 'Same', text: 'la' }])),
    );
    const read = await readCollection({ csv: files });
    const pairs = put(folder, 'p.jsonl', '{"artist":"B","title":"same!","descriptions":["one","two"]}\n');
    const { songs } = await readPairs(pairs, read);
    expect(songs).toMatchObject([{ song: { artist: 'b' }, descriptions: ['one', 'two'] }]);
    writeFileSync(pairs, '{"song_id":1,"description":"x"}\n');
    await expect(readPairs(pairs, read)).rejects.toThrow('line 1');
  });

  it('tells names apart that differ in punctuation only', async () => {
    const titles = ['SOS', 'S.O.S.'];
    const read = await readCollection({
      csv: [put(scratch(), 's.csv', csvOf(titles.map((song) => ({ artist: 'A', song, text: 'la' }))))],
    });
    const lines = titles.map((title) => JSON.stringify({ artist: 'A', title, description: title }));
    const { songs } = await readPairs(put(scratch(), 'p.jsonl', lines.join('\n')), read);
    expect(songs.map(({ song, descriptions }) => [song.title, descriptions[0]])).toEqual(titles.map((t) => [t, t]));
  });

  it('may be the summaries of an index', async () => {
    const place = scratch();
    const rows = [
      { song: 'One', text: 'la la', summary: 'About one.' },
      { song: 'Two', text: 'lo lo', summary: '' },
    ];
    const index = join(place, 'index');
    await buildIndex({ input: put(place, 'songs.csv', csvOf(rows)), folder: index });
    const described = summariesOf(await readCollection({ index }));
    expect(described).toMatchObject([{ song: { title: 'One' }, descriptions: ['About one.'] }]);
  });

  it('counts what it cannot use, and says where nothing is left', async () => {
    const folder = scratch();
    const read = await readCollection({ csv: [put(folder, 'songs.csv', collection(60).csv)] });
    const lines = [
      '{"song_id":1,"description":"a storm"}',
      '{"song_id":999,"description":"x"}',
      '{"song_id":2,"description":"–"}',
    ];
    const pairs = put(folder, 'p.jsonl', lines.join('\n'));
    expect(await readPairs(pairs, read)).toMatchObject({ unknown: [{ line: 2, song: '999' }], empty: 1 });
    writeFileSync(pairs, lines[1]!);
    await expect(readPairs(pairs, read)).rejects.toMatchObject({ code: 'song-unknown' });
    writeFileSync(pairs, '{"song_id":1}');
    await expect(readPairs(pairs, read)).rejects.toThrow('line 1, has no "description"');
    writeFileSync(pairs, 'not json');
    await expect(readPairs(pairs, read)).rejects.toThrow('line 1, is not JSON');
    writeFileSync(pairs, '\n["a storm"]');
    await expect(readPairs(pairs, read)).rejects.toThrow('line 2, is not a JSON object');
    writeFileSync(pairs, '{"song_id":"1","description":"a storm"}');
    await expect(readPairs(pairs, read)).rejects.toThrow('line 1, has a "song_id" that is not a whole number');
  });

  it('must be enough, and in a language the model reads', async () => {
    const { out, ...what } = await prepared(60);
    const few = { ...what, described: what.described.slice(0, 30), out };
    await expect(tuneModel(few)).rejects.toMatchObject({ code: 'too-few-pairs', hint: /at least 40/ });
    const foreign = what.described.map(({ song }) => ({ song, descriptions: ['грустная песня о потерянной любви'] }));
    await expect(tuneModel({ ...what, described: foreign, out })).rejects.toThrow('60 descriptions');
  });

  it('starts from no encoder and from no damaged model', async () => {
    const { out, ...what } = await prepared(60);
    const damaged = join(scratch(), 'm');
    await tuneModel({ ...what, out: damaged, ...QUICK, passes: 1 });
    writeFileSync(join(damaged, 'model.safetensors'), 'no tensors');
    await expect(tuneModel({ ...what, out, model: damaged })).rejects.toMatchObject({ code: 'model-damaged' });
    await expect(tuneModel({ ...what, out, model: `${SHIPPED}-x` })).rejects.toMatchObject({ code: 'model-missing' });
  });
});
