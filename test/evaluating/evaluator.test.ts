import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildIndex,
  compareEvaluations,
  evaluate,
  excerptCases,
  LyRec,
  readCases,
  resolveCases,
} from '../../src/index.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

const CASES = [
  { songIds: [2], query: { description: 'praying on deck through a storm, only three come home' } },
  { songIds: [6], query: { description: 'a worker who never earns enough to pay the landlord' } },
  { songIds: [3], query: { lyrics: 'Flour on the table, snow outside' } },
  { songIds: [4], query: { lyrics: ROWS[3]!.text, description: 'after the divorce, drinking alone' } },
];

let place: string;
let lyrec: LyRec;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  const folder = join(place, 'index');
  await buildIndex({ input: put(place, 'songs.csv', csvOf(ROWS)), folder });
  lyrec = await LyRec.open(folder, { search: 'exact' });
});
afterAll(async () => {
  await lyrec.close();
  rmSync(place, { recursive: true });
});

/** Reads cases from lines. */
const read = (...lines: readonly unknown[]) =>
  readCases(
    put(scratch(), 'r.jsonl', lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
  );

describe('evaluate', () => {
  it('ranks the right song of every case, and tells the kinds of questions apart', async () => {
    const { ranks, results } = await evaluate(lyrec, CASES);
    expect(ranks).toEqual([1, 1, 1, 1]);
    expect(results.map(({ kind, cases }) => [kind, cases])).toEqual([
      ['describe', 2],
      ['lyrics', 1],
      ['both', 1],
      ['all', 4],
    ]);
    expect(results.at(-1)!.metrics['R@1']).toMatchObject({ value: 1, high: 1 });
  });

  it('has one result where all questions are of one kind', async () => {
    expect((await evaluate(lyrec, CASES.slice(0, 2))).results.map(({ kind }) => kind)).toEqual(['describe']);
  });

  it('gives the place in the answer that a user would see', async () => {
    const { matches } = await lyrec.describe('dancing', { k: 6 });
    const cases = matches.map(({ song }) => ({ songIds: [song.id], query: { description: 'dancing' } }));
    expect((await evaluate(lyrec, cases)).ranks).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await evaluate(lyrec, cases, { depth: 2 })).ranks).toEqual([1, 2, null, null, null, null]);
  });

  it('counts the best place of a song that the collection holds twice', async () => {
    const { ranks } = await evaluate(lyrec, [{ ...CASES[0]!, songIds: [5, 2] }]);
    expect(ranks).toEqual([1]);
  });

  it('counts a question without a known word as not found, and goes on', async () => {
    const { ranks, unanswered } = await evaluate(lyrec, [{ songIds: [1], query: { description: '☃' } }, CASES[0]!]);
    expect({ ranks, unanswered }).toEqual({ ranks: [null, 1], unanswered: 1 });
  });

  it('asks with the settings given', async () => {
    const query = { lyrics: ROWS[0]!.text, description: 'dancing until morning' };
    const one = [{ songIds: [5], query }];
    expect((await evaluate(lyrec, one)).ranks).toEqual([1]);
    expect((await evaluate(lyrec, one, { settings: { candidates: 1 } })).ranks).toEqual([null]);
  });

  it('can be interrupted', async () => {
    const interrupt = new AbortController();
    const asking = evaluate(lyrec, CASES, { signal: interrupt.signal, onProgress: () => interrupt.abort() });
    await expect(asking).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('refuses to evaluate nothing', async () => {
    await expect(evaluate(lyrec, [])).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('compareEvaluations', () => {
  it('says by how much the second is better, kind by kind', async () => {
    const shallow = await evaluate(lyrec, CASES, { settings: { candidates: 1 } });
    const deep = await evaluate(lyrec, CASES);
    const differences = compareEvaluations(shallow, deep);
    expect(differences.map(({ kind }) => kind)).toEqual(['describe', 'lyrics', 'both', 'all']);
    expect(differences[0]!.metrics.MRR).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('refuses evaluations of different cases', async () => {
    const [one, other] = [await evaluate(lyrec, CASES), await evaluate(lyrec, CASES.slice(1))];
    expect(() => compareEvaluations(one, other)).toThrow('same cases');
  });
});

describe('cases in a file', () => {
  it('name their song by number or by name, however it is written', async () => {
    const lines = await read(
      { song_id: 2, request: 'storm' },
      '',
      { artist: 'mona  quist', title: 'KITCHEN LIGHT!', lyrics: 'bread', request: 'home' },
      { artist: 'Mona Quist', title: 'Kitchen', request: 'home' },
      { song_id: 7, request: 'x' },
    );
    const { cases, unknown } = resolveCases(lyrec, lines);
    expect(cases).toEqual([
      { line: 1, songIds: [2], query: { description: 'storm' } },
      { line: 3, songIds: [3], query: { lyrics: 'bread', description: 'home' } },
    ]);
    expect(unknown.map(({ line }) => line)).toEqual([4, 5]);
  });

  it('take every song of the name for right', async () => {
    const folder = join(scratch(), 'index');
    await buildIndex({
      input: put(scratch(), 'songs.csv', csvOf([...ROWS, { ...ROWS[0], song: 'Pilot boat' }])),
      folder,
    });
    const twice = await LyRec.open(folder, { search: 'exact' });
    expect(twice.songsNamed({ artist: 'Harbour Lights', title: 'The Pilot Boat' })).toEqual([1]);
    expect(twice.songsNamed({ artist: 'harbour lights', title: 'pilot boat' })).toEqual([7]);
    await twice.close();
  });

  it('are refused where no song is known', async () => {
    const lines = await read({ song_id: 99, request: 'x' });
    expect(() => resolveCases(lyrec, lines)).toThrow('none of the songs');
  });

  it.each([
    ['{"song_id": 1, "request', 'is not JSON'],
    ['["request"]', 'is not a JSON object'],
    [{ song_id: 1 }, 'neither "request" nor "lyrics"'],
    [{ song_id: 1, request: '  ' }, 'an empty "request"'],
    [{ song_id: 1, lyrics: 3 }, '"lyrics" that is not text'],
    [{ song_id: '1', request: 'x' }, 'not a whole number'],
    [{ song_id: 0, request: 'x' }, 'not a whole number'],
    [{ artist: 'Mona Quist', request: 'x' }, 'names no song'],
  ])('are refused by line: %j', async (line, message) => {
    await expect(read({ song_id: 1, request: 'fine' }, line)).rejects.toThrow(message);
    await expect(read({ song_id: 1, request: 'fine' }, line)).rejects.toThrow('line 2');
  });

  it('are read whatever the line ends, and numbered as an editor numbers them', async () => {
    const file = put(scratch(), 'r.jsonl', '\n{"song_id": 1, "request": "x"}\r\n \r\n{"song_id": 2, "request": "y"}');
    expect((await readCases(file)).map(({ line }) => line)).toEqual([2, 4]);
  });

  it('are refused where there are none', async () => {
    await expect(read('', '  ')).rejects.toMatchObject({ code: 'input-empty' });
  });
});

describe('excerptCases', () => {
  it('takes four different lines that follow each other, the same every time', () => {
    const cases = excerptCases(lyrec, 3);
    expect(cases).toEqual(excerptCases(lyrec, 3));
    expect(cases).toHaveLength(3);
    for (const { songIds, query } of cases) expect(ROWS[songIds[0]! - 1]!.text).toContain(query.lyrics);
  });

  it('gives fewer where the collection has fewer', () => {
    expect(excerptCases(lyrec, 100)).toHaveLength(ROWS.length);
  });

  it('passes over songs that are too short', async () => {
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 's.csv', 'song,text\nHey,"Hey\nHey\nHey\nHey\nHey"\n'), folder });
    const short = await LyRec.open(folder, { search: 'exact' });
    expect(() => excerptCases(short, 1)).toThrow('4 different lines');
    await short.close();
  });
});
