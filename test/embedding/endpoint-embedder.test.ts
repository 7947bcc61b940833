import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ModelChoice, openEmbedder } from '../../src/embedding/embedder.js';
import { dot } from '../../src/vectors/vector-index.js';
import { json, type Seen, serve } from '../support/server.js';

interface Asked {
  readonly model: string;
  readonly input: readonly string[];
}

/** A vector of four numbers that depends on the text. */
function vectorOf(text: string): number[] {
  const sums = [1, 0, 0, 0];
  for (let i = 0; i < text.length; i++) sums[i % 4]! += text.charCodeAt(i) % 17;
  return sums;
}

function answerTo({ body }: Seen): object {
  const { input } = JSON.parse(body) as Asked;
  const data = input.map((text, index) => ({ index, embedding: vectorOf(text) }));
  // Servers need not keep the order: the numbers say it.
  return { data: data.reverse() };
}

const inputs = (seen: readonly Seen[]) => seen.map(({ body }) => (JSON.parse(body) as Asked).input);

const open = (url: string, choice: Partial<ModelChoice> = {}) =>
  openEmbedder({ model: `${url}/v1`, modelName: 'some-model', ...choice });

const TEXTS = Array.from({ length: 100 }, (_, i) => `song ${i}`);

describe('an embeddings server', () => {
  it('is asked for texts in batches, several at a time, and gives unit vectors in their order', async () => {
    let waiting = 0;
    let most = 0;
    const { url, seen } = await serve(async (request, response) => {
      most = Math.max(most, ++waiting);
      // The first of the batches waits for the next to come.
      while (seen.length > 1 && most < 2) await new Promise((done) => setTimeout(done, 5));
      waiting--;
      json(response, answerTo(request));
    });
    const embedder = await open(url);
    const vectors = await embedder.embedDocuments(TEXTS, 'lyrics');
    expect(vectors).toHaveLength(TEXTS.length);
    for (const i of [0, 15, 16, 50, 99]) expect(vectors[i]).toEqual(await embedder.embedQuery(TEXTS[i]!, 'lyrics'));
    expect(dot(vectors[7]!, vectors[7]!)).toBeCloseTo(1, 5);
    expect(most).toBeGreaterThan(1);
    expect(seen.every(({ path }) => path === '/v1/embeddings')).toBe(true);
    expect(Math.max(...inputs(seen).map(({ length }) => length))).toBeLessThanOrEqual(32);
  });

  it('is not asked how long its vectors are when the index knows', async () => {
    const { url, seen } = await serve((request, response) => json(response, answerTo(request)));
    const { choice, id } = await open(url);
    expect(choice).toMatchObject({ model: `${url}/v1`, modelName: 'some-model', dimensions: 4 });
    expect(await openEmbedder(choice)).toMatchObject({ id, dimensions: 4 });
    expect(seen).toHaveLength(1);
  });

  it('gets the prompts of its model', async () => {
    const { url, seen } = await serve((request, response) => json(response, answerTo(request)));
    const embedder = await open(url, { modelName: 'gte-Qwen2-1.5B-instruct', dimensions: 4 });
    await embedder.embedQuery('rain', 'description');
    await embedder.embedDocuments(['drip'], 'lyrics');
    expect(inputs(seen)).toEqual([['Instruct: Given the lyrics, retrieve relevant songs\nQuery: rain'], ['drip']]);
  });

  it('names its only model itself', async () => {
    const models = ['a-model'];
    const { url } = await serve((request, response) =>
      json(response, request.path === '/v1/models' ? { data: models.map((id) => ({ id })) } : answerTo(request)),
    );
    expect((await openEmbedder({ model: `${url}/v1/` })).name).toBe('a-model');
    models.push('another');
    await expect(openEmbedder({ model: `${url}/v1` })).rejects.toMatchObject({
      code: 'bad-argument',
      hint: expect.stringContaining('a-model, another'),
    });
  });

  it('gets its key from the environment, and nobody else does', async () => {
    vi.stubEnv('LYREC_API_KEY', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { url, seen } = await serve((request, response) => json(response, answerTo(request)));
    const embedder = await open(url);
    expect(seen[0]?.headers.authorization).toBe('Bearer secret');
    expect(JSON.stringify({ ...embedder })).not.toContain('secret');
  });

  it('gets texts that are too long for it in halves', async () => {
    const { url } = await serve((request, response) => {
      const tooLong = (JSON.parse(request.body) as Asked).input.some((text) => text.length > 40);
      if (tooLong) json(response, { error: 'input is too long' }, 413);
      else json(response, answerTo(request));
    });
    const embedder = await open(url);
    const long = 'a line of some words\nand another line\nand one more that is the last';
    const [short, vector] = await embedder.embedDocuments(['short', long], 'lyrics');
    expect(short).toEqual(await embedder.embedQuery('short', 'lyrics'));
    expect(dot(vector!, vector!)).toBeCloseTo(1, 5);
  });

  it('is asked again when it is busy', async () => {
    const { url } = await serve((request, response, count) =>
      count % 3 === 2 ? json(response, {}, 429, { 'retry-after': '0.01' }) : json(response, answerTo(request)),
    );
    expect(await (await open(url)).embedDocuments(TEXTS, 'lyrics')).toHaveLength(TEXTS.length);
  });
});

describe('an embeddings server that misbehaves', () => {
  it.each([
    ['answers a web page', (_: Seen) => '<html>Welcome to nginx!</html>', 'server-failed', 'a web page'],
    ['sends too few vectors', () => ({ data: [] }), 'server-failed', 'sent 0 vectors for 1 texts'],
    ['sends no vectors', () => ({ object: 'list' }), 'server-failed', 'no list of vectors'],
    ['sends NaN', () => '{"data": [{"embedding": [0.1, NaN]}]}', 'server-failed', 'not numbers'],
    ['sends null', () => ({ data: [{ embedding: [0.1, null] }] }), 'server-failed', 'not numbers'],
    ['numbers them in halves', () => ({ data: [{ index: 0.5, embedding: [1] }] }), 'server-failed', 'not numbered'],
    ['numbers them wrongly', () => ({ data: [{ index: 5, embedding: [1] }] }), 'server-failed', 'not numbered'],
  ])('and %s is told in one sentence', async (_, body, code, message) => {
    const { url } = await serve((request, response) => {
      const answer = body(request);
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
    await expect(open(url)).rejects.toMatchObject({ code, message: expect.stringMatching(`${message}[^\n]*\\.$`) });
  });

  it('is told from one that runs another model', async () => {
    const { url } = await serve((request, response) => json(response, answerTo(request)));
    const embedder = await open(url, { dimensions: 8 });
    await expect(embedder.embedQuery('rain', 'description')).rejects.toMatchObject({
      code: 'model-mismatch',
      message: expect.stringContaining('4 numbers for a text, not 8'),
    });
  });

  it.each([
    ['fails', 400, { error: { message: 'out of memory' } }],
    ['forgets texts', 200, { data: [] }],
  ])('and %s half-way leaves what was finished', async (_, status, body) => {
    const { url } = await serve((request, response, count) =>
      count < 4 ? json(response, answerTo(request)) : json(response, body, status),
    );
    const kept: number[] = [];
    const embedding = (await open(url)).embedDocuments(TEXTS, 'lyrics', { onVector: (at) => kept.push(at) });
    await expect(embedding).rejects.toMatchObject({ code: 'server-failed' });
    expect(kept.length).toBeGreaterThan(0);
  });

  it('need not answer for a build to stop', async () => {
    const { url } = await serve((request, response, count) => {
      if (count === 1) json(response, answerTo(request));
    });
    const embedder = await open(url);
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 100);
    const started = performance.now();
    const embedding = embedder.embedDocuments(TEXTS, 'lyrics', { signal: interrupt.signal });
    await expect(embedding).rejects.toMatchObject({ code: 'interrupted' });
    // Each request would wait for a minute.
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('is given up when it is slow', async () => {
    vi.stubEnv('LYREC_TIMEOUT', '0.1');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { url } = await serve(() => {});
    await expect(open(url)).rejects.toMatchObject({
      code: 'server-unreachable',
      message: expect.stringContaining('did not answer within 0.1 s'),
    });
  });

  it.each(['http://user:pass@127.0.0.1/v1', 'http://127.0.0.1/v1?key=abc', 'http://'])(
    'cannot be named with a secret, or badly: %s',
    async (model) => {
      await expect(openEmbedder({ model, modelName: 'x' })).rejects.toMatchObject({ code: 'bad-argument' });
    },
  );
});
