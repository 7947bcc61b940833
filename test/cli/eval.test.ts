import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lyrec, lyrecJson } from '../support/cli.js';
import { csvOf, put, ROWS } from '../support/songs.js';

interface Estimate {
  value: number;
  low: number;
  high: number;
}
type Results = Record<string, { cases: number; metrics: Record<string, Estimate> }>;
interface EvalJson {
  command: string;
  depth: number;
  cases: number;
  unknown: object[];
  results: Results;
  answers: { line: number; kind: string; song_ids: number[]; rank: number | null }[];
}
interface CompareJson {
  sides: (Pick<EvalJson, 'results' | 'answers'> & { index: { folder: string }; settings: object })[];
  differences: Results;
}

const REQUESTS = [
  { song_id: 2, request: 'praying on deck through a storm, only three come home' },
  { artist: 'Neon Ferris', title: 'payday', request: 'a worker who cannot pay the landlord' },
  { song_id: 3, lyrics: 'Flour on the table, snow outside' },
];
const jsonl = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

let place: string;
let plain: string;
let summarised: string;
let requests: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  plain = join(place, 'plain');
  summarised = join(place, 'summarised');
  requests = put(place, 'requests.jsonl', jsonl(REQUESTS));
  const rows = ROWS.map((row) => ({ ...row, summary: `A song about ${row.song}.` }));
  const builds = [
    [put(place, 'plain.csv', csvOf(ROWS)), plain],
    [put(place, 'summarised.csv', csvOf(rows)), summarised],
  ];
  for (const [csv, index] of builds)
    expect(await lyrec(['build', csv!, '--index', index!])).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(place, { recursive: true }));

describe('lyrec eval', () => {
  it('prints a block of figures with intervals for each kind of question', async () => {
    const { stdout, stderr, status } = await lyrec(['eval', requests, '--index', plain]);
    expect({ stderr, status }).toEqual({ stderr: `Asking ${plain} (3)\n`, status: 0 });
    expect(stdout).toContain('6 songs, lyrec-static');
    expect(stdout).toMatch(/^by description, 2 cases$/m);
    expect(stdout).toMatch(/^by lyrics, 1 case$/m);
    expect(stdout).toMatch(/^all, 3 cases$/m);
    expect(stdout).toMatch(/^ {2}R@1 +1\.000 {3}0\.\d{3} to 1\.000$/m);
  });

  it('prints the same in JSON, with the place of every right song', async () => {
    const answer = await lyrecJson<EvalJson>(['eval', requests, '--index', plain, '-k', '20']);
    expect(answer).toMatchObject({ command: 'eval', depth: 20, cases: 3, unknown: [] });
    expect(Object.keys(answer.results)).toEqual(['describe', 'lyrics', 'all']);
    expect(Object.keys(answer.results.all!.metrics)).toEqual(['R@1', 'R@10', 'R@20', 'MRR', 'nDCG@10']);
    expect(answer.answers).toEqual([
      { line: 1, kind: 'describe', song_ids: [2], rank: 1 },
      { line: 2, kind: 'describe', song_ids: [6], rank: 1 },
      { line: 3, kind: 'lyrics', song_ids: [3], rank: 1 },
    ]);
  });

  it('reads requests from standard input, and is quiet if told to', async () => {
    const run = await lyrec(['eval', '-', '--index', plain, '-q'], { stdin: jsonl(REQUESTS) });
    expect(run).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('all, 3 cases') });
  });

  it('makes its own cases', async () => {
    const run = await lyrec(['eval', '--self', '50', '--index', plain]);
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('by lyrics, 6 cases') });
    expect(run.stderr).toContain('Only 6 songs');
  });

  it('leaves out songs the index does not hold, and says which', async () => {
    const stdin = jsonl([
      ...REQUESTS,
      { song_id: 77, request: 'x' },
      { artist: 'Nobody', title: 'Nothing', request: 'x' },
    ]);
    const run = await lyrec(['eval', '-', '--index', plain, '--json'], { stdin });
    expect(run.stderr).toContain('2 (line 4: song 77; line 5: Nobody – Nothing)');
    expect(JSON.parse(run.stdout)).toMatchObject({
      cases: 3,
      unknown: [
        { line: 4, song_id: 77 },
        { line: 5, artist: 'Nobody', title: 'Nothing' },
      ],
    });
  });
});

describe('lyrec eval --compare', () => {
  it('puts two indexes side by side, with the paired difference', async () => {
    const { stdout, status } = await lyrec(['eval', requests, '--compare', plain, summarised]);
    expect(status).toBe(0);
    expect(stdout).toContain(`A  ${plain}: 6 songs`);
    expect(stdout).toContain(`B  ${summarised}: 6 songs`);
    expect(stdout).toMatch(/^ {2}R@1 +1\.000 +\d\.\d{3} +[+-]\d\.\d{3} +[+-]\d\.\d{3} to [+-]\d\.\d{3}/m);
  });

  it('takes the requests after the sides, and a side with flags', async () => {
    const file = put(
      place,
      'both.jsonl',
      jsonl([{ song_id: 5, lyrics: ROWS[0]!.text, request: 'dancing until morning' }]),
    );
    const { sides, differences } = await lyrecJson<CompareJson>([
      ...['eval', '--compare', `"${plain}" --candidates 1`, `${plain} --search hnsw`, file],
    ]);
    expect(sides.map(({ settings }) => settings)).toEqual([
      { search: 'exact', candidates: 1, first: 'lyrics' },
      { search: 'hnsw', candidates: 500, first: 'lyrics' },
    ]);
    expect(sides.map(({ answers }) => answers[0]!.rank)).toEqual([null, 1]);
    expect(differences.both!.metrics['R@1']).toEqual({ value: 1, low: 1, high: 1 });
  });

  it('refuses to compare indexes in which a number means different songs', async () => {
    const other = join(place, 'other');
    await lyrec(['build', put(place, 'other.csv', csvOf([...ROWS].reverse())), '--index', other]);
    const run = await lyrec(['eval', requests, '--compare', plain, other]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain('Salt on the Stairs');
    const named = put(place, 'named.jsonl', jsonl([REQUESTS[1]!]));
    expect(await lyrec(['eval', named, '--compare', plain, other])).toMatchObject({ status: 0 });
  });
});

describe('what cannot be evaluated', () => {
  it.each([
    ['nothing to ask', [], 2, 'nothing to ask'],
    ['a file and --self', ['REQUESTS', '--self', '3'], 2, 'not both'],
    ['a missing file', ['nowhere.jsonl'], 1, 'There is no file nowhere.jsonl'],
    ['an empty file', ['-'], 1, 'holds no questions'],
    ['one side', ['REQUESTS', '--compare', 'ix'], 2, 'takes two sides'],
    ['an unknown flag of a side', ['REQUESTS', '--compare', 'ix', 'ix --fast'], 2, "unknown option '--fast'"],
    ['a side without an index', ['REQUESTS', '--compare', 'nowhere', 'nowhere'], 1, 'There is no index in nowhere'],
    ['--self 0', ['--self', '0'], 2, 'not a whole number'],
  ])('%s: one sentence and the right status', async (_, args, status, message) => {
    const run = await lyrec(['eval', ...args.map((arg) => (arg === 'REQUESTS' ? requests : arg)), '--index', plain]);
    expect(run).toMatchObject({ status, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
