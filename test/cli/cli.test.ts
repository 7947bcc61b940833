import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, lyrec, lyrecJson } from '../support/cli.js';
import { json, serve } from '../support/server.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

interface AnswerJson {
  command: string;
  query: Record<string, string>;
  index: { songs: number; model: string };
  results: Record<string, unknown>[];
  took_ms: number;
}

let place: string;
let index: string;
let songs: string;
let oneSong: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  index = join(place, 'index');
  songs = put(
    place,
    'songs.csv',
    csvOf(ROWS.map((row, i) => (i < 5 ? { ...row, summary: `About ${row.song}.` } : row))),
  );
  oneSong = put(place, 'song.txt', ROWS[2]!.text);
  const run = await lyrec(['build', songs, '--index', index]);
  expect(run).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(place, { recursive: true }));

const STORM = 'sailors in a storm';

describe('an answer in JSON', () => {
  it('is one object with the fields that scripts rely on', async () => {
    const answer = await lyrecJson<AnswerJson>(['describe', STORM, '--index', index, '-k', '2']);
    expect(Object.keys(answer)).toEqual(['command', 'query', 'index', 'results', 'took_ms']);
    expect(answer).toMatchObject({
      command: 'describe',
      query: { description: STORM },
      index: { songs: 6, model: 'lyrec-static' },
    });
    expect(answer.results.map(Object.keys)).toEqual(
      Array(2).fill(['rank', 'song_id', 'artist', 'title', 'score', 'link', 'summary', 'summary_by']),
    );
    expect(answer.took_ms).toBeTypeOf('number');
  });

  it('has null for a missing link, and says whose a summary is', async () => {
    const { results } = await lyrecJson<AnswerJson>(['describe', STORM, '--index', index]);
    expect(results.find(({ song_id }) => song_id === 2)).toMatchObject({
      link: null,
      summary: 'About Salt on the Stairs.',
      summary_by: 'csv',
    });
    expect(results.find(({ song_id }) => song_id === 6)).toMatchObject({
      link: '/n/payday.html',
      summary_by: 'extractive',
    });
  });

  it('holds the whole lyrics with --full', async () => {
    const { results } = await lyrecJson<AnswerJson>(['lyrics', oneSong, '--index', index, '--full', '-k', '1']);
    expect(results[0]).toMatchObject({ song_id: 3, lyrics: ROWS[2]!.text });
  });

  it('is one line a result with --jsonl', async () => {
    const args = ['both', '--lyrics', oneSong, '--desc', STORM, '--index', index];
    const { results, query } = await lyrecJson<AnswerJson>(args);
    const { stdout } = await lyrec([...args, '--jsonl']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(results);
    expect(query).toEqual({ lyrics: ROWS[2]!.text, description: STORM });
  });
});

describe('an answer for people', () => {
  it('names rank, song and number, without colours or carriage returns', async () => {
    const { stdout, stderr, status } = await lyrec(['lyrics', '-', '--index', index], { stdin: ROWS[2]!.text });
    expect(stdout.split('\n')[0]).toMatch(/^ {2}1\. 1\.000 {2}Mona Quist – Kitchen Light {2}#3$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/[\u001b\r]/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  it('takes the index folder from LYREC_INDEX', async () => {
    expect(await lyrec(['describe', STORM], { env: { LYREC_INDEX: index } })).toMatchObject({ status: 0 });
  });

  it('ends quietly when the reader goes away', async () => {
    const child = spawn('sh', [
      '-c',
      `"$0" "$1" describe x --index "$2" --full | true; exit 0`,
      process.execPath,
      BIN,
      index,
    ]);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    await new Promise((done) => child.on('close', done));
    expect(stderr).toBe('');
  });
});

describe('lyrec build', () => {
  it('reads standard input and reports what it did in JSON', async () => {
    const run = await lyrec(['build', '-', '--index', join(scratch(), 'ix'), '--json', '--quiet'], {
      stdin: `${csvOf(ROWS)}X,Instrumental,,\n`,
    });
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toMatchObject({
      index: { songs: 6, summaries: 0, model: 'lyrec-static' },
      read: 7,
      skipped: [{ row: 7, line: 26, reason: 'no words' }],
      embedded: 6,
    });
  });

  it('maps columns and takes a model folder', async () => {
    const input = put(scratch(), 'x.tsv', 'what\twords of it\nRain\tdrip drop\n');
    const model = join(BIN, '../../models/lyrec-static');
    const args = ['--columns', 'title=what,lyrics=words of it', '--model', model, '--index', join(scratch(), 'ix')];
    expect(await lyrec(['build', input, ...args])).toMatchObject({ status: 0 });
  });

  it('can be interrupted, and says so with status 130', async () => {
    const folder = scratch();
    // A server that is asked for the songs and never answers: the build is under way for as long as it takes.
    let interrupt = () => {};
    const { url } = await serve((_, response, count) => {
      if (count === 1) json(response, { data: [{ embedding: [1, 0] }] });
      else interrupt();
    });
    const to = ['--model', `${url}/v1`, '--model-name', 'm', '--index', join(folder, 'ix')];
    const child = spawn(process.execPath, [BIN, 'build', songs, ...to]);
    interrupt = () => child.kill('SIGINT');
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const status = await new Promise((done) => child.on('close', done));
    expect(status).toBe(130);
    expect(stderr).toContain('Interrupted');
    expect(await lyrec(['describe', 'x', '--index', join(folder, 'ix')])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('was never finished'),
    });
  });
});

describe('lyrec show and lyrec info', () => {
  it('show one song', async () => {
    const { stdout } = await lyrec(['show', '3', '--index', index]);
    expect(stdout).toContain('Mona Quist – Kitchen Light');
    expect(stdout).toContain('About Kitchen Light.');
    expect(stdout.endsWith(`${ROWS[2]!.text}\n`)).toBe(true);
    expect(await lyrecJson(['show', '3', '--index', index])).toMatchObject({ song_id: 3, lyrics: ROWS[2]!.text });
  });

  it('show what the index is made of', async () => {
    const { stdout } = await lyrec(['info', '--index', index]);
    expect(stdout).toMatch(/songs +6, 5 with a summary/);
    expect(stdout).toMatch(/model +lyrec-static/);
    expect(await lyrecJson(['info', '--index', index])).toMatchObject({ songs: 6, source: { name: 'songs.csv' } });
  });
});

describe('what cannot be done', () => {
  it.each([
    ['an unknown song', ['show', '99'], 1, 'has no song 99'],
    ['a file that is not there', ['lyrics', 'nowhere.txt'], 1, 'There is no file nowhere.txt'],
    ['an empty question', ['describe', ' '], 2, 'empty'],
    ['k = 0', ['describe', 'x', '-k', '0'], 2, 'not a whole number'],
    ['a song id that is no number', ['show', 'abc'], 2, 'not a whole number'],
    ['an unknown flag', ['describe', 'x', '--fast'], 2, 'unknown option'],
    ['a misspelt command', ['descibe', 'x'], 2, 'describe'],
    ['both without a description', ['both', '--lyrics', 'x'], 2, '--desc'],
    ['a model that is not there', ['build', 'SONGS', '--model', './nowhere'], 1, 'There is no model'],
    ['a folder as a collection', ['build', tmpdir()], 1, 'is a folder'],
  ])('%s: one sentence and the right status', async (_, args, status, message) => {
    const run = await lyrec([...args.map((arg) => (arg === 'SONGS' ? songs : arg)), '--index', index]);
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('says where with LYREC_DEBUG=1', async () => {
    const run = await lyrec(['show', '99', '--index', index], { env: { LYREC_DEBUG: '1' } });
    expect(run.stderr).toMatch(/^\s+at /m);
  });

  it('leaves an existing index as it was', async () => {
    const copy = join(scratch(), 'ix');
    const input = put(scratch(), 'songs.csv', csvOf(ROWS));
    await lyrec(['build', input, '--index', copy]);
    writeFileSync(input, 'song,year\nA,1999\n');
    expect(await lyrec(['build', input, '--index', copy])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('song, year'),
    });
    expect(await lyrecJson<AnswerJson>(['describe', STORM, '--index', copy])).toMatchObject({ index: { songs: 6 } });
  });
});
