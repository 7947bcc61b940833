import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lyrec, lyrecJson } from '../support/cli.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

let place: string;
let index: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  index = join(place, 'index');
  const rows = ROWS.map((row, i) => ({ ...row, year: 1990 + i, summary: i === 1 ? 'Sailors pray.' : '' }));
  const songs = put(place, 'songs.csv', `${csvOf(rows)}"X","Instrumental","","","",""\n`);
  expect(await lyrec(['build', songs, '--index', index])).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(place, { recursive: true }));

const failing = async (...args: string[]) => {
  const { status, stdout, stderr } = await lyrec(args, { env: { LYREC_INDEX: index } });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr;
};

describe('a mistake in a command', () => {
  it('is said in a sentence, with where to read on', async () => {
    expect(await failing('describe', 'x', '--ful')).toBe(
      'lyrec: Unknown option "--ful".\n       Did you mean --full?\n       See: lyrec help describe\n',
    );
  });

  it('names a wrong value once', async () => {
    const said = await failing('show', 'abc');
    expect(said.match(/abc/g)).toHaveLength(1);
    expect(said).toContain('lyrec help show');
  });

  it.each([
    ['an index folder without a name', ['info', '--index', ''], 'names no folder'],
    ['help of what is no command', ['help', 'sing'], 'no command "sing"'],
    ['text beside numbers', ['describe', 'x', '--where', 'year>=abc'], 'year holds numbers, and "abc" is none'],
    ['a condition without a value', ['describe', 'x', '--where', 'year>'], 'nothing to compare with'],
    ['a song like and unlike itself', ['like', '1', '--but', 'The Pilot Boat'], 'Song 1 is both'],
    ['a walk that a filter leaves no song for', ['path', '1', '6', '--artist', 'nobody'], 'passes the filters'],
    ['two parts for a column', ['build', 'x.csv', '--columns', 'lyrics=words,title=words'], 'title'],
  ])('is refused: %s', async (_, args, message) => {
    expect(await failing(...args)).toContain(message);
  });

  it('is a number of no song', async () => {
    expect(await lyrec(['like', '7', '--index', index])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('rows without words have none'),
    });
  });
});

describe('lyrec help', () => {
  it('explains a command of a command', async () => {
    for (const args of [
      ['help', 'models', 'pull'],
      ['models', 'help', 'pull'],
    ]) {
      expect(await lyrec(args)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Usage: lyrec models pull'),
      });
    }
  });
});

describe('flags of a question', () => {
  it('ask about link and summary like about any column', async () => {
    const ask = async (condition: string) => {
      const args = ['describe', 'x', '--where', condition, '--index', index];
      return (await lyrecJson<{ results: { song_id: number }[] }>(args)).results.map(({ song_id }) => song_id);
    };
    expect(await ask('link~payday')).toEqual([6]);
    expect(await ask('summary~pray')).toEqual([2]);
  });

  it('take -q for no notes', async () => {
    const run = await lyrec(['describe', 'x', '--artist', 'nobody', '-q', '--index', index]);
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('lyrec path', () => {
  it('says in JSON which songs it goes between, and prints a song a line with --jsonl', async () => {
    const args = ['path', 'The Pilot Boat', '6', '--steps', '1', '--index', index];
    const answer = await lyrecJson<{ results: object[] }>(args);
    expect(answer).toMatchObject({ query: { from: 1, to: 6, steps: 1 }, took_ms: expect.any(Number) });
    const { stdout } = await lyrec([...args, '--jsonl']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual(answer.results);
  });
});

describe('lyrec batch', () => {
  it('says of a wrong question which line it is on and what to do', async () => {
    const questions = ['', '{"describe": "x", "candidates": 5}', '{"like": 99}', '{"like": 1, "by": "story"}'].join(
      '\n',
    );
    const { stdout } = await lyrec(['batch', '-', '--index', index], { stdin: questions });
    const [first, second] = stdout.split('\n').map((line) => (line ? (JSON.parse(line) as object) : {}));
    expect(first).toMatchObject({ error: expect.stringContaining('"candidates" is only for'), line: 2 });
    expect(second).toMatchObject({ code: 'song-unknown', hint: expect.stringContaining('song_id'), line: 3 });
  });
});

describe('lyrec build', () => {
  it('counts one song as one, and calls a song without a name so', async () => {
    const folder = join(scratch(), 'ix');
    const songs = put(scratch(), 'one.csv', 'song,text\n,drip drop\n');
    expect((await lyrec(['build', songs, '--index', folder])).stdout).toContain(': 1 song of one.csv');
    expect((await lyrec(['show', '1', '--index', folder])).stdout).toMatch(/^\(no name\) {2}#1\n/);
  });
});
