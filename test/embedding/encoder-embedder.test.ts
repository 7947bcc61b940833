import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Embedder, type ModelChoice, openEmbedder } from '../../src/embedding/embedder.js';
import { dot } from '../../src/vectors/vector-index.js';
import { change, copyOfTinyBert, TINY_BERT, TINY_LLM } from '../support/models.js';
import { ROWS, scratch } from '../support/songs.js';

const LYRICS = ROWS.map(({ text }) => text);
// Some six windows of the tiny encoder.
const LONG = Array.from({ length: 120 }, (_, i) => `line ${i} of a song that does not end`).join('\n');

/** A model that is closed with the test. */
async function open(choice: ModelChoice): Promise<Embedder> {
  const embedder = await openEmbedder(choice);
  onTestFinished(() => embedder.close());
  return embedder;
}

const lyrics = async (embedder: Embedder, text: string) => (await embedder.embedDocuments([text], 'lyrics'))[0]!;

let tiny: Embedder;
beforeAll(async () => {
  tiny = await openEmbedder({ model: TINY_BERT });
});
afterAll(() => tiny.close());

describe('an encoder in a folder', () => {
  it.each(['q8', 'fp32'])('gives unit vectors that depend on their text alone (%s)', async (dtype) => {
    const embedder = await open({ model: TINY_BERT, dtype });
    const together = await embedder.embedDocuments(LYRICS, 'lyrics');
    for (const [i, text] of LYRICS.entries()) expect(together[i]).toEqual(await lyrics(embedder, text));
    for (const vector of together) expect(dot(vector, vector)).toBeCloseTo(1, 5);
  });

  it('is loaded once more after a failure', async () => {
    const folder = copyOfTinyBert();
    const embedder = await open({ model: folder, dimensions: 32 });
    writeFileSync(join(folder, 'tokenizer.json'), 'not a tokenizer');
    await expect(embedder.embedQuery('rain', 'description')).rejects.toMatchObject({ code: 'model-damaged' });
    cpSync(TINY_BERT, folder, { recursive: true });
    expect(await embedder.embedQuery('rain', 'description')).toEqual(await tiny.embedQuery('rain', 'description'));
  });

  it('that made vectors elsewhere may come after a question was asked in vain', async () => {
    const folder = join(scratch(), 'model');
    const embedder = await open({ model: folder, imported: 'of some file', dimensions: 32 });
    await expect(embedder.embedQuery('rain', 'description')).rejects.toMatchObject({ code: 'model-missing' });
    cpSync(TINY_BERT, folder, { recursive: true });
    expect(await embedder.embedQuery('rain', 'description')).toEqual(await tiny.embedQuery('rain', 'description'));
  });

  it('hands out each vector as it is made', async () => {
    const seen: number[] = [];
    const vectors = await tiny.embedDocuments(LYRICS, 'lyrics', {
      onVector: (at, vector) => {
        seen.push(at);
        expect(vector).toHaveLength(32);
      },
    });
    expect(seen.sort()).toEqual(vectors.map((_, at) => at));
  });

  it('stops between two texts when interrupted', async () => {
    const interrupt = new AbortController();
    const onVector = (at: number) => at === 1 && interrupt.abort();
    const embedding = tiny.embedDocuments(LYRICS, 'lyrics', { onVector, signal: interrupt.signal });
    await expect(embedding).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('finds a song by its own lyrics', async () => {
    expect(dot(await tiny.embedQuery(LYRICS[2]!, 'lyrics'), await lyrics(tiny, LYRICS[2]!))).toBeCloseTo(1, 5);
  });

  it('opens again from its choice, which leaves nothing open', async () => {
    expect(tiny.choice).toEqual({
      model: TINY_BERT,
      queryPrompt: '',
      passagePrompt: '',
      pooling: 'mean',
      dtype: 'q8',
      dimensions: 32,
    });
    const again = await open(tiny.choice);
    expect(again.id).toBe(tiny.id);
    expect(await lyrics(again, 'rain')).toEqual(await lyrics(tiny, 'rain'));
  });

  it.each([
    { passagePrompt: 'passage: ' },
    { pooling: 'cls' as const },
    { pooling: 'last_token' as const },
    { dtype: 'fp32' },
  ])('is another model with %j', async (setting) => {
    const other = await open({ model: TINY_BERT, ...setting });
    expect(other.id).not.toBe(tiny.id);
    expect(await lyrics(other, 'rain')).not.toEqual(await lyrics(tiny, 'rain'));
  });

  it('is another model when its weights are others', async () => {
    const folder = copyOfTinyBert();
    const weights = readFileSync(join(folder, 'onnx/model_quantized.onnx'));
    expect((await open({ model: folder })).id).toBe(tiny.id);
    // Zeros in the middle of a matrix.
    weights.fill(0, 30_000, 36_000);
    writeFileSync(join(folder, 'onnx/model_quantized.onnx'), weights);
    expect((await open({ model: folder })).id).not.toBe(tiny.id);
  });
});

describe('prompts', () => {
  it('stand before descriptions, and others before what is in the index', async () => {
    const prompted = await open({ model: TINY_BERT, queryPrompt: 'ask: ', passagePrompt: 'song: ' });
    expect(await prompted.embedQuery('rain', 'description')).toEqual(await tiny.embedQuery('ask: rain', 'description'));
    const [summary] = await prompted.embedDocuments(['rain'], 'summary');
    expect(summary).toEqual(await tiny.embedQuery('song: rain', 'description'));
    expect(await prompted.embedQuery('rain', 'lyrics')).toEqual(summary);
  });

  it('do not make stored vectors others when only questions have one', async () => {
    expect((await open({ model: TINY_BERT, queryPrompt: 'ask: ' })).id).toBe(tiny.id);
  });

  it('come from the model itself where it has some', async () => {
    const folder = copyOfTinyBert('e5-tiny');
    change(folder, 'config_sentence_transformers.json', { prompts: { query: 'Q ', document: 'D ' } });
    expect((await open({ model: folder })).choice).toMatchObject({ queryPrompt: 'Q ', passagePrompt: 'D ' });
    expect((await open({ model: folder, queryPrompt: '' })).choice).toMatchObject({ queryPrompt: '' });
  });

  it.each([
    ['multilingual-e5-small', { pooling: 'mean', queryPrompt: 'query: ', passagePrompt: 'passage: ' }],
    [
      'bge-small-en-v1.5',
      { pooling: 'cls', queryPrompt: 'Represent this sentence for searching relevant passages: ', passagePrompt: '' },
    ],
    [
      'gte-Qwen2-1.5B-instruct',
      { pooling: 'last_token', queryPrompt: 'Instruct: Given the lyrics, retrieve relevant songs\nQuery: ' },
    ],
    ['Qwen3-Embedding-0.6B-ONNX', { pooling: 'last_token', passagePrompt: '' }],
    ['nomic-embed-text-v1.5', { pooling: 'mean', queryPrompt: 'search_query: ', passagePrompt: 'search_document: ' }],
    ['jina-embeddings-v2-small-en', { pooling: 'mean', queryPrompt: '' }],
    ['snowflake-arctic-embed-m-v2.0', { pooling: 'cls', queryPrompt: 'query: ' }],
    ['something-else', { pooling: 'mean', queryPrompt: '', passagePrompt: '' }],
  ])('and pooling of %s are known by its name', async (name, settings) => {
    const folder = copyOfTinyBert(name);
    rmSync(join(folder, '1_Pooling'), { recursive: true });
    expect((await open({ model: folder })).choice).toMatchObject(settings);
  });
});

describe('long lyrics', () => {
  it('are read to their end', async () => {
    const other = LONG.replace('line 119 of a song', 'goodbye and the end');
    expect(dot(await lyrics(tiny, LONG), await lyrics(tiny, other))).toBeLessThan(0.99999);
  });

  it('count by the length of their pieces', async () => {
    // A short last piece must not weigh as much as a long first one.
    const first = LONG.split('\n').slice(0, 11).join('\n');
    const both = await lyrics(tiny, `${first}\nrain`);
    expect(dot(both, await lyrics(tiny, first))).toBeGreaterThan(dot(both, await lyrics(tiny, 'rain')));
  });

  it.each([
    ['one endless line', LONG.replaceAll('\n', ' ')],
    ['one endless word', 'la'.repeat(3000)],
    ['letters of every script', '雨が降る𝄞'.repeat(500)],
  ])('may be %s', async (_, text) => {
    const vector = await lyrics(tiny, text);
    expect(dot(vector, vector)).toBeCloseTo(1, 5);
  });

  it('are read as far as their first piece, lines said once, by a model that was trained so', async () => {
    const folder = copyOfTinyBert();
    change(folder, 'config.json', { lyrec: { repeated_lines: 'once', pieces: 1 } });
    const tuned = await open({ model: folder });
    expect(tuned.id).not.toBe(tiny.id);
    expect(await lyrics(tuned, LONG)).toEqual(await lyrics(tuned, `${LONG}\nmore\nand more`));
    expect(await lyrics(tuned, 'rain\nsnow\nRain!')).toEqual(await lyrics(tuned, 'rain\nsnow'));
    expect(await tuned.embedQuery(LONG, 'description')).toEqual(await tiny.embedQuery(LONG, 'description'));
  });
});

describe('what is no encoder', () => {
  it.each([
    ['a model that writes text', () => TINY_LLM, 'is no sentence encoder'],
    ['one without its tokenizer', withoutFile('tokenizer.json'), 'has no tokenizer.json'],
    ['one without weights', withoutFile('onnx'), 'has no ONNX weights'],
    ['one with half of its weights', halfOf('onnx/model_quantized.onnx'), 'cannot be used'],
    ['one with a damaged tokenizer', halfOf('tokenizer.json'), 'cannot be used'],
    ['one with damaged settings', halfOf('1_Pooling/config.json'), 'is not JSON'],
    [
      'one that pools in a way of its own',
      () => {
        const folder = copyOfTinyBert();
        change(folder, '1_Pooling/config.json', { pooling_mode_max_tokens: true });
        return folder;
      },
      'pools in a way',
    ],
  ])('%s is refused in one sentence', async (_, folder, message) => {
    await expect(openEmbedder({ model: folder() })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${message}[^\n]*\\.$`)),
      hint: expect.any(String),
    });
  });

  it.each([
    ['a precision that is not there', { model: TINY_BERT, dtype: 'fp16' }, 'It has q8, fp32.'],
    ['a precision that nobody knows', { model: TINY_BERT, dtype: 'q3' }, 'q8'],
    ['pooling by a graph that does not', { model: TINY_BERT, pooling: 'model' as const }, 'mean, cls'],
  ])('nor is %s', async (_, choice, hint) => {
    await expect(openEmbedder(choice)).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
  });

  it.each([
    ['lyrec-encodr', 'lyrec-encoder'],
    ['bge-small', 'bge-small-en-v1.5'],
    ['zzz', 'lyrec models'],
  ])('the name %s: the nearest that are known', async (model, hint) => {
    await expect(openEmbedder({ model })).rejects.toMatchObject({
      code: 'model-missing',
      hint: expect.stringContaining(hint),
    });
  });

  it.each([
    { model: 'lyrec-static', pooling: 'cls' as const },
    { model: TINY_BERT, modelName: 'x' },
    { model: 'http://127.0.0.1:1/v1', dtype: 'q8' },
  ])('settings that a model cannot heed: %j', async (choice) => {
    await expect(openEmbedder(choice)).rejects.toMatchObject({ code: 'bad-argument' });
  });

  it('a number of threads that is none', async () => {
    vi.stubEnv('LYREC_THREADS', 'many');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(tiny.embedDocuments(LYRICS, 'lyrics')).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

function withoutFile(name: string): () => string {
  return () => {
    const folder = copyOfTinyBert();
    rmSync(join(folder, name), { recursive: true });
    return folder;
  };
}

function halfOf(name: string): () => string {
  return () => {
    const folder = copyOfTinyBert();
    const file = join(folder, name);
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    return folder;
  };
}
