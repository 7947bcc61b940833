import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.js';
import { openEmbedder } from '../../src/embedding/embedder.js';
import { BIN, lyrec, lyrecJson } from '../support/cli.js';
import { TINY_BERT, TINY_LLM } from '../support/models.js';
import { deadAddress, json, serve } from '../support/server.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

// Enough for workers: no two of them alike.
const MANY = Array.from({ length: 3 }, (_, i) =>
  ROWS.map((row) => ({ ...row, text: `${row.text}\nverse ${i}` })),
).flat();

interface Built {
  index: { model: string };
  embedded: number;
  up_to_date: boolean;
}

interface Answer {
  results: { song_id: number; score: number }[];
}

/** A module of the built library. */
const DIST = (module: string) => pathToFileURL(join(BIN, '../../dist', module)).href;

/** What a script prints, run by a Node of its own. */
async function node(script: string, env: Record<string, string> = {}): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env: { ...process.env, ...env } });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  await new Promise((done) => child.on('close', done));
  return stdout;
}

describe('an index with an encoder', () => {
  let songs: string;
  beforeAll(() => {
    const place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
    songs = put(place, 'songs.csv', csvOf(MANY));
    return () => rmSync(place, { recursive: true });
  });

  it('is the same on one core and on several, and keeps the static vectors too', async () => {
    const args = ['build', songs, '--model', TINY_BERT, '--quiet', '--index'];
    const answers: unknown[] = [];
    for (const LYREC_THREADS of ['1', '2']) {
      const index = join(scratch(), 'ix');
      const built = await lyrecJson<Built>([...args, index], { env: { LYREC_THREADS } });
      expect(built).toMatchObject({ index: { model: `lyrec-static + ${TINY_BERT}` }, embedded: 2 * MANY.length });
      answers.push((await lyrecJson<Answer>(['describe', 'a storm at sea', '--index', index])).results);
      expect(readdirSync(index).filter((name) => name.endsWith('.codes'))).toHaveLength(2);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('goes on after Ctrl-C with what was left', async () => {
    const index = join(scratch(), 'ix');
    // Vectors are kept 512 at a time; after the first of these there is long work to do.
    const rows = Array.from({ length: 560 }, (_, i) => {
      const row = ROWS[i % ROWS.length]!;
      return { ...row, text: `${row.text}\n`.repeat(i < 512 ? 1 : 40) + i };
    });
    const build = ['build', put(scratch(), 'songs.csv', csvOf(rows)), '--model', TINY_BERT, '--index', index];
    const { id } = await openEmbedder({ model: TINY_BERT, dimensions: 32 });
    const child = spawn(process.execPath, [BIN, ...build], { env: { ...process.env, LYREC_THREADS: '2' } });
    const ended = new Promise((done) => child.on('close', done));
    const kept = () => {
      try {
        const catalog = Catalog.read(join(index, 'catalog.sqlite'));
        const { vectors } = catalog.countTexts(1, 'lyrics', id);
        catalog.close();
        return vectors;
      } catch {
        return 0;
      }
    };
    const startedAt = performance.now();
    while (kept() === 0 && child.exitCode === null) await new Promise((done) => setTimeout(done, 20));
    const interruptedAt = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    // Stopping takes less than it took to start, however slow this machine is.
    expect(performance.now() - interruptedAt).toBeLessThan(interruptedAt - startedAt);
    const before = kept();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(rows.length);
    const rest = await lyrecJson<Built>([...build, '--quiet'], { env: { LYREC_THREADS: '1' } });
    expect(rest).toMatchObject({ embedded: rows.length - before });
  });

  it('ends its workers and says why when a vector cannot be kept', async () => {
    const script = `
      const { openEmbedder } = await import(${JSON.stringify(DIST('embedding/embedder.js'))});
      const embedder = await openEmbedder({ model: ${JSON.stringify(TINY_BERT)}, dimensions: 32 });
      const onVector = () => { throw new Error('the disk is full'); };
      const texts = Array.from({ length: 40 }, (_, i) => 'song ' + i);
      await embedder.embedDocuments(texts, 'lyrics', { onVector }).catch(({ message }) => console.log('heard:', message));
      await embedder.close();`;
    expect(await node(script, { LYREC_THREADS: '2' })).toBe('heard: the disk is full\n');
  });

  it('heeds the flags, and is built anew only as far as they matter', async () => {
    const index = join(scratch(), 'ix');
    const few = put(scratch(), 'songs.csv', csvOf(ROWS));
    const build = (...flags: string[]) =>
      lyrecJson<Built>(['build', few, '--model', TINY_BERT, '--index', index, '-q', ...flags]);
    await build();
    expect(await build()).toMatchObject({ up_to_date: true });
    expect(await build('--query-prompt', 'find: ')).toMatchObject({ up_to_date: false, embedded: 0 });
    expect(await build('--pooling', 'cls', '--dtype', 'fp32')).toMatchObject({ embedded: ROWS.length });
    const manifest = await lyrecJson<{ embedders: unknown[] }>(['info', '--index', index]);
    expect(manifest.embedders[1]).toMatchObject({ choice: { pooling: 'cls', dtype: 'fp32', queryPrompt: '' } });
  });

  it('can be made by a server, without its key in the index or on the screen', async () => {
    const { url } = await serve((request, response) => {
      const { input } = JSON.parse(request.body) as { input: string[] };
      json(response, { data: input.map((text) => ({ embedding: [text.length, text.charCodeAt(0), 1] })) });
    });
    const index = join(scratch(), 'ix');
    const args = ['build', songs, '--model', `${url}/v1`, '--model-name', 'lengths', '--index', index];
    const run = await lyrec(args, { env: { LYREC_API_KEY: 'my-secret' } });
    expect(run).toMatchObject({ status: 0 });
    const info = await lyrec(['info', '--json', '--index', index]);
    expect(run.stdout + run.stderr + info.stdout).not.toContain('my-secret');
    expect(info.stdout).toContain('"modelName":"lengths"');
  });
});

describe('an index without an encoder', () => {
  it('is asked without loading what encoders need', async () => {
    const index = join(scratch(), 'ix');
    await lyrec(['build', put(scratch(), 'songs.csv', csvOf(ROWS)), '--index', index]);
    const script = `
      const { main } = await import(${JSON.stringify(DIST('cli/main.js'))});
      await main(['node', 'lyrec', 'describe', 'rain', '--index', ${JSON.stringify(index)}]);
      console.log(process.report.getReport().sharedObjects.join('\\n'));`;
    const stdout = await node(script);
    expect(stdout).toContain('better_sqlite3');
    expect(stdout).not.toContain('onnxruntime');
  });
});

describe('lyrec models', () => {
  it('lists what is known and what is here', async () => {
    const env = { LYREC_CACHE: scratch() };
    const { stdout } = await lyrec(['models'], { env });
    expect(stdout).toMatch(/^lyrec-static +here +\d+ MB +384 +instant/m);
    expect(stdout).toMatch(/^Xenova\/bge-small-en-v1.5 {2,}34 MB +384 +fast/m);
    const { models } = await lyrecJson<{ models: { name: string; folder: string | null }[] }>(['models'], { env });
    expect(models.find(({ name }) => name === 'BAAI/bge-small-en-v1.5')).toMatchObject({
      folder: null,
      dimensions: 384,
    });
  });

  it.each([
    ['a hub that cannot be reached', ['models', 'pull', 'BAAI/bge-small-en-v1.5'], 'cannot be reached'],
    ['a misspelt name', ['models', 'pull', 'lyrec-encodr'], 'Did you mean lyrec-encoder'],
    ['no encoder', ['build', 'SONGS', '--model', TINY_LLM], 'is no sentence encoder'],
    ['a server that is down', ['build', 'SONGS', '--model', 'NOBODY'], 'nothing listens there'],
  ])('%s: one sentence', async (_, args, message) => {
    const songs = put(scratch(), 'songs.csv', csvOf(ROWS));
    const index = join(scratch(), 'ix');
    const nobody = await deadAddress();
    const run = await lyrec(
      args.map((arg) => (arg === 'SONGS' ? songs : arg === 'NOBODY' ? `${nobody}/v1` : arg)),
      { env: { HF_ENDPOINT: nobody, LYREC_CACHE: scratch(), LYREC_INDEX: index } },
    );
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
