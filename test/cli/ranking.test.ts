import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lyrec, lyrecJson } from '../support/cli.js';
import { csvOf, put, ROWS } from '../support/songs.js';

interface AnswerJson {
  command: string;
  query: Record<string, unknown>;
  results: { song_id: number; score: number; also?: { song_id: number }[]; parts?: object[]; lines?: object[] }[];
}

const STORM = 'praying on deck through a storm, only three come home';

let place: string;
let index: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  index = join(place, 'index');
  const rows = ROWS.map((row, i) => ({ ...row, year: 1990 + i, popularity: 10 * i }));
  const cover = { ...rows[1]!, artist: 'Covers, Inc.', song: 'Salt on the Stairs' };
  expect(await lyrec(['build', put(place, 'songs.csv', csvOf([...rows, cover])), '--index', index])).toMatchObject({
    status: 0,
  });
});
afterAll(() => rmSync(place, { recursive: true }));

const ids = ({ results }: AnswerJson) => results.map(({ song_id }) => song_id);
const ask = (...args: string[]) => lyrecJson<AnswerJson>([...args, '--index', index]);

describe('flags of a question', () => {
  it('narrow and order the answer', async () => {
    const args = [
      '--not-artist',
      'mona quist',
      '--where',
      'year>=1991',
      '--where',
      'year<1996',
      '--min-popularity',
      '10',
    ];
    expect(ids(await ask('describe', STORM, ...args, '--sort', 'popularity'))).toEqual([6, 5, 2]);
  });

  it('show the parts of the score and the lines that match best', async () => {
    const { results } = await ask('describe', STORM, '--explain', '-k', '1');
    expect(results[0]).toMatchObject({
      song_id: 2,
      also: [{ song_id: 7, artist: 'Covers, Inc.', title: 'Salt on the Stairs' }],
      parts: expect.arrayContaining([expect.objectContaining({ signal: 'lyrics by lyrec-static' })]),
    });
    expect(results[0]?.lines).toHaveLength(3);
    const { stdout } = await lyrec(['describe', STORM, '--explain', '-k', '1', '--index', index]);
    expect(stdout).toContain('> The storm took the mast and the storm took the wheel');
    expect(stdout).toContain('also: Covers, Inc. – Salt on the Stairs #7');
  });

  it('show every song for itself with --no-fold', async () => {
    expect(ids(await ask('describe', STORM, '--no-fold', '-k', '2'))).toEqual([2, 7]);
  });

  it('answer with nothing, and say so, where no song passes', async () => {
    const run = await lyrec(['describe', STORM, '--artist', 'Nobody', '--json', '--index', index]);
    expect(run).toMatchObject({ status: 0, stderr: 'lyrec: no song passes the filters.\n' });
    expect(JSON.parse(run.stdout)).toMatchObject({ results: [] });
  });

  it.each([
    ['an unknown column', ['describe', 'x', '--where', 'tempo>1'], 'artist, title, link, summary, year, popularity'],
    ['an unknown order', ['describe', 'x', '--sort', 'year'], 'Allowed choices are score, popularity'],
    ['a weight below nothing', ['describe', 'x', '--popularity', '-1'], 'less than 0'],
    ['no number', ['describe', 'x', '--min-popularity', 'high'], 'not a number'],
  ])('are refused with %s', async (_, args, message) => {
    const run = await lyrec([...args, '--index', index]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });
});

describe('lyrec like', () => {
  it('finds songs like others, by number or name', async () => {
    const answer = await ask('like', '1', 'Neon Ferris - Payday', '--but', '5');
    expect(answer).toMatchObject({ command: 'like', query: { like: [1, 6], but: [5] } });
    expect(ids(answer).sort()).toEqual([2, 3, 4]);
  });

  it('names the nearest songs to a misspelt name', async () => {
    const run = await lyrec(['like', 'Neon Feris - Pay day', '--index', index]);
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toContain('#6 Neon Ferris - Payday');
  });
});

describe('lyrec path', () => {
  it('prints a playlist from one song to another', async () => {
    const { stdout } = await lyrec(['path', '1', 'Payday', '--steps', '2', '--index', index]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^ {2}1\. {8}Harbour Lights – The Pilot Boat {2}#1$/);
    expect(lines[2]).toMatch(/^ {2}3\. 0\.\d{3} {2}Neon Ferris – Payday {2}#6$/);
    expect(ids(await ask('path', '1', '6', '--steps', '1'))).toEqual([1, 6]);
  });
});

describe('lyrec batch', () => {
  it('answers in order, each question with its own settings, errors in place', async () => {
    const questions = [
      { describe: STORM, k: 1 },
      { lyrics: 'hums while the bred is rizing', k: 1 },
      { lyrics: ROWS[0]!.text, describe: STORM, candidates: 1 },
      'not json',
      { like: 'Payday', by: 'lyrics', not_artist: ['Harbour Lights', 'Covers, Inc.'], k: 1, explain: true },
      { describe: STORM, where: 'year=1995' },
      { describe: STORM, where: 'tempo=1' },
      { describe: 3 },
      { describe: STORM, limit: 3 },
      { describe: ' ' },
      { describe: STORM, k: '3' },
      [],
      { describe: STORM, sort: 'popularity', fold: false },
    ];
    const stdin = questions.map((q) => `${typeof q === 'string' ? q : JSON.stringify(q)}\n`).join('\n');
    const { stdout, stderr, status } = await lyrec(['batch', '-', '--index', index], { stdin });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AnswerJson & { error?: string });
    const seen = answers.map((answer) => answer.error ?? [answer.command, ...ids(answer)]);
    expect(seen.slice(0, 6)).toEqual([
      ['describe', 2],
      ['lyrics', 3],
      ['both', 1],
      'The line is not JSON.',
      ['like', expect.any(Number)],
      ['describe', 6],
    ]);
    expect(seen[6]).toContain('no column "tempo"');
    expect(seen.slice(7, 12)).toEqual([
      '"describe" must be a text.',
      expect.stringContaining('no "limit" in a question'),
      'The description is empty.',
      '"k" must be a number.',
      'The line is not a JSON object.',
    ]);
    expect(seen[12]).toEqual(['describe', 6, 5, 4, 3, 2, 7, 1]);
    expect(answers[4]?.results[0]?.parts).toHaveLength(1);
  });
});
