import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chatServer, summaryOf } from '../support/chat-server.js';
import { lyrec, lyrecJson } from '../support/cli.js';
import { json } from '../support/server.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

/** A collection, and the flags that build and ask it. */
function collection(rows: readonly object[] = ROWS) {
  const here = scratch();
  return { here, songs: put(here, 'songs.csv', csvOf(rows)), index: ['--index', join(here, 'index')] };
}

describe('lyrec build --llm', () => {
  it('reports what was written, what failed and what it cost', async () => {
    const { songs, index } = collection();
    const { llm, asked } = await chatServer(({ title }) =>
      title === 'Payday' ? 'I cannot do that.' : `Summary: ${summaryOf(title)}`,
    );
    const args = ['build', songs, ...index, '--llm', llm, '--llm-model', 'm', '--price', '1,10', '--concurrency', '2'];
    const { stdout, stderr, status } = await lyrec(args, { env: { LYREC_API_KEY: 'secret' } });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^m wrote 5 summaries \(5 cleaned, 1 asked twice\) in .*: 2,100 tokens read, 350 written, cost 0\.0056\.$/m,
    );
    expect(stdout).toContain(
      'No summary for 1; the next build with --llm asks again:\n  #6 Neon Ferris – Payday: a refusal\n',
    );
    expect(stderr).toContain('Summarizing for m (6)');
    expect(asked[0]?.key).toBe('Bearer secret');
    expect(stdout + stderr + readFileSync(join(index[1]!, 'manifest.json'), 'utf8')).not.toContain('secret');

    expect(await lyrecJson([...args, '--quiet'])).toMatchObject({
      summarizing: { by: 'm', written: 0, failed: [{ song_id: 6, reason: 'a refusal' }], cost: 0.0016 },
    });
    expect((await lyrec(['info', ...index])).stdout).toMatch(/summaries +5 by m$/m);
    const { results } = await lyrecJson<{ results: object[] }>(['describe', 'quiet sorrow', ...index]);
    expect(results).toContainEqual(expect.objectContaining({ song_id: 1, summary_by: 'm' }));
    expect(results).toContainEqual(expect.objectContaining({ song_id: 6, summary_by: 'extractive' }));
  });

  it('says what it would take with --dry-run, and does nothing', async () => {
    const { songs, index } = collection();
    const { llm, asked } = await chatServer();
    const args = ['build', songs, ...index, '--dry-run'];
    const { stdout } = await lyrec([...args, '--llm', llm, '--price', '1,10', '--limit', '4']);
    expect(stdout).toMatch(
      /^only-model would be asked for 4 summaries\.\nAbout [\d,]+ tokens read, 760 written, cost 0.0\d+, /m,
    );
    expect((await lyrec(args)).stdout).toContain('nothing would be asked');
    expect(asked).toHaveLength(0);
    expect(existsSync(index[1]!)).toBe(false);
  });

  it('asks nobody because of a variable that is there for questions', async () => {
    const { songs, index } = collection();
    const { llm, asked } = await chatServer();
    expect(await lyrec(['build', songs, ...index], { env: { LYREC_LLM: llm } })).toMatchObject({ status: 0 });
    expect(asked).toHaveLength(0);
  });

  it.each([
    ['--limit without --llm', ['--limit', '5'], 'none is named'],
    ['a price that is none', ['--llm', 'http://x/v1', '--price', 'cheap'], 'is not two prices'],
    ['an empty prompt', ['--llm', 'http://x/v1', '--prompt', '/dev/null'], 'is empty'],
    ['an address of another kind', ['--llm', 'ftp://x'], 'ftp://'],
    ['a key in the address', ['--llm', 'http://me:key@x/v1'], 'must hold no password'],
  ])('refuses %s', async (_, flags, message) => {
    const { songs, index } = collection();
    const run = await lyrec(['build', songs, ...index, ...flags]);
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(run.stderr).toContain(message);
  });

  it('fails for a server that refuses the key, naming the variable to set', async () => {
    const { songs, index } = collection();
    const { llm } = await chatServer((_, response) => json(response, {}, 401));
    const run = await lyrec(['build', songs, ...index, '--llm', llm, '--llm-model', 'm']);
    expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining('LYREC_API_KEY') });
  });
});

describe('lyrec export', () => {
  it('writes a file that another build takes in', async () => {
    const { here, songs, index } = collection(ROWS.slice(0, 3));
    const { llm } = await chatServer();
    await lyrec(['build', songs, ...index, '--llm', llm, '--llm-model', 'm']);
    const file = join(here, 'out.csv');
    expect(await lyrec(['export', ...index, '--summaries', file])).toMatchObject({
      status: 0,
      stdout: `${file}: 3 summaries.\n`,
    });
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines[0]).toBe('song_id,artist,title,summary,summarizer,lyrics_hash');
    expect(lines[1]).toMatch(
      /^1,Harbour Lights,The Pilot Boat,"The narrator .*",chat:m prompt:[0-9a-f]{8},[0-9a-f]{32}$/,
    );

    const other = ['--index', join(here, 'other')];
    const built = await lyrec(['build', put(here, 'all.csv', csvOf(ROWS)), ...other, '--summaries', file]);
    expect(built.stdout).toContain('Took in 3 of 3 summaries.');
    const piped = await lyrec(['export', ...other, '--summaries', '-', '--jsonl']);
    const rows = piped.stdout.trimEnd().split('\n');
    expect(rows.map((line) => (JSON.parse(line) as { song_id: number }).song_id)).toEqual([1, 2, 3]);
  });

  it('writes no lines in place of summaries, and spoils no file it cannot write', async () => {
    const { songs, index } = collection();
    await lyrec(['build', songs, ...index]);
    expect((await lyrec(['export', ...index, '--summaries', '-'])).stdout.split('\n')).toHaveLength(2);
    const run = await lyrec(['export', ...index, '--summaries', '/nowhere/out.csv']);
    expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining('/nowhere/out.csv cannot be written') });
  });

  it('writes to a pipe', async () => {
    const { here, songs, index } = collection(ROWS.map((row) => ({ ...row, summary: `About ${row.song}.` })));
    await lyrec(['build', songs, ...index]);
    const pipe = join(here, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [text, run] = await Promise.all([readFile(pipe, 'utf8'), lyrec(['export', ...index, '--summaries', pipe])]);
    expect(run.status).toBe(0);
    expect(text.trimEnd().split('\n')).toHaveLength(1 + ROWS.length);
  });

  it('does not blame the file for what is wrong with the index', async () => {
    const { here, songs, index } = collection();
    await lyrec(['build', songs, ...index]);
    const catalog = join(index[1]!, 'catalog.sqlite');
    const bytes = readFileSync(catalog);
    writeFileSync(catalog, bytes.fill(0x55, 16_384));
    const run = await lyrec(['export', ...index, '--summaries', join(here, 'out.csv')]);
    expect(run).toMatchObject({ status: 1, stderr: expect.not.stringContaining('cannot be written') });
    expect(existsSync(join(here, 'out.csv.new'))).toBe(false);
  });
});

describe('--expand', () => {
  const FULL = 'Someone looks back on a childhood in a warm kitchen with a grandmother who bakes bread while it snows.';

  it('lets a language model rewrite the description, and shows what it made of it', async () => {
    const { songs, index } = collection();
    await lyrec(['build', songs, ...index]);
    const { llm, asked } = await chatServer(() => FULL);
    const env = { LYREC_LLM: llm, LYREC_LLM_MODEL: 'm' };
    const run = await lyrec(['describe', 'granny', ...index, '--expand', '--json'], { env });
    expect(run.stderr).toBe(`Searching for: ${FULL}\n`);
    expect(JSON.parse(run.stdout)).toMatchObject({
      query: { description: 'granny', expanded: FULL },
      results: [{ title: 'Kitchen Light' }, {}, {}, {}, {}, {}],
    });
    expect(asked[0]).toMatchObject({ model: 'm', user: '<request>\ngranny\n</request>' });

    const song = put(scratch(), 'song.txt', ROWS[0]!.text);
    const both = await lyrec(['both', '--lyrics', song, '--desc', 'granny', ...index, '--expand', '--llm', llm]);
    expect(both).toMatchObject({ status: 0, stderr: `Searching for: ${FULL}\n` });
    expect(both.stdout).toMatch(/^ +1\. .*Kitchen Light/);
  });

  it('goes without saying where a model is named, but not where a variable names one', async () => {
    const { songs, index } = collection();
    await lyrec(['build', songs, ...index]);
    const { llm, asked } = await chatServer(() => FULL);
    const named = await lyrec(['describe', 'granny', ...index, '--llm', llm]);
    expect(named.stderr).toBe(`Searching for: ${FULL}\n`);
    const set = await lyrec(['describe', 'granny', ...index], { env: { LYREC_LLM: llm, LYREC_LLM_MODEL: 'm' } });
    expect(set).toMatchObject({ status: 0, stderr: '' });
    expect(asked).toHaveLength(1);
  });

  it('takes the model that wrote the summaries, where none is named', async () => {
    const { songs, index } = collection();
    const { llm, asked } = await chatServer(({ title }) => (title ? summaryOf(title) : FULL));
    await lyrec(['build', songs, ...index, '--llm', llm, '--llm-model', 'm']);
    await lyrec(['describe', 'granny', ...index, '--expand']);
    expect(asked.at(-1)).toMatchObject({ model: 'm', title: '' });
  });

  it('fails in one sentence without a model, and with one that will not', async () => {
    const { songs, index } = collection();
    await lyrec(['build', songs, ...index]);
    const nobody = await lyrec(['describe', 'granny', ...index, '--expand']);
    expect(nobody).toMatchObject({ status: 1, stderr: expect.stringContaining('No language model is named') });
    const { llm } = await chatServer(() => 'I cannot help with that.');
    const refused = await lyrec(['describe', 'granny', ...index, '--expand', '--llm', llm]);
    expect(refused).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('(its answer: a refusal)'),
    });
  });
});

it('marks lines that stand in place of a summary, and teaches no model by them', async () => {
  const { songs, index } = collection();
  await lyrec(['build', songs, ...index]);
  expect(await lyrec(['tune', ...index])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('has a summary'),
  });
  expect((await lyrec(['describe', 'a storm', ...index])).stdout).toMatch(/^ {11}lines: /m);
  expect((await lyrec(['show', '1', ...index])).stdout).toMatch(/^lines: /m);
});
