import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openEmbedder } from '../../src/embedding/embedder.js';
import { listModels } from '../../src/embedding/list-models.js';
import { pullModel } from '../../src/embedding/open-model.js';
import { hub, withModel } from '../support/hub.js';
import { TINY_BERT } from '../support/models.js';
import { deadAddress, json } from '../support/server.js';
import { scratch } from '../support/songs.js';

const NAME = 'someone/tiny-bert';
const withTinyBert = withModel(NAME, TINY_BERT);

describe('a model of the hub', () => {
  it('is fetched once, only what is needed of it, and is then a model like any other', async () => {
    const { seen, cache } = await hub(withTinyBert);
    const told: { done: number; total: number | null }[] = [];
    const embedder = await openEmbedder({ model: NAME }, { download: { onDownload: (bytes) => told.push(bytes) } });
    onTestFinished(() => embedder.close());
    expect(embedder).toMatchObject({ name: NAME, dimensions: 32, choice: { model: NAME, dtype: 'q8' } });
    expect(told.at(-1)).toMatchObject({ done: told.at(-1)?.total });
    const fetched = seen.map(({ path }) => path).join('\n');
    expect(fetched).not.toContain('model.onnx');
    expect(fetched).not.toContain('README');
    const asked = seen.length;
    const again = await openEmbedder(embedder.choice);
    onTestFinished(() => again.close());
    expect(again.id).toBe(embedder.id);
    expect(seen).toHaveLength(asked);
    expect(readdirSync(join(cache, 'models', 'someone', 'tiny-bert', 'onnx'))).toEqual(['model_quantized.onnx']);
    expect(listModels().at(-1)).toMatchObject({ name: NAME, dimensions: 32, folder: join(cache, 'models', NAME) });
  });

  it('is fetched in the precision that is asked for', async () => {
    const { seen } = await hub(withTinyBert);
    const folder = await pullModel(NAME, { dtype: 'fp32' });
    expect(existsSync(join(folder, 'onnx/model.onnx'))).toBe(true);
    // Another precision later needs only its own file.
    const before = seen.length;
    await pullModel(NAME, { dtype: 'q8' });
    expect(seen.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual([
      expect.stringContaining('tiny-bert'),
      'model_quantized.onnx',
    ]);
  });

  it('is never fetched by a question', async () => {
    const { seen } = await hub(withTinyBert);
    await expect(openEmbedder({ model: NAME, dimensions: 32 })).rejects.toMatchObject({
      code: 'model-missing',
      hint: `Fetch it with: lyrec models pull ${NAME}`,
    });
    expect(seen).toEqual([]);
  });

  it('that comes incomplete is no model, and only the rest comes the next time', async () => {
    const weights = readFileSync(join(TINY_BERT, 'onnx/model_quantized.onnx'));
    const { cache, seen } = await hub((request, response, count) => {
      if (!request.path.endsWith('model_quantized.onnx')) return withTinyBert(request, response, count);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from > 0) return void response.writeHead(206).end(weights.subarray(from));
      response.writeHead(200, { 'content-length': weights.length }).write(weights.subarray(0, 40_000));
      setTimeout(() => response.destroy(), 50 * count);
    });
    await expect(pullModel(NAME)).rejects.toMatchObject({ code: 'hub-unreachable' });
    expect(existsSync(join(cache, 'models', NAME, 'config.json'))).toBe(false);
    const embedder = await openEmbedder({ model: NAME }, { download: {} });
    await embedder.close();
    expect(embedder.dimensions).toBe(32);
    expect(seen.filter(({ headers }) => headers.range).map(({ headers }) => headers.range)).toEqual(['bytes=40000-']);
  });

  it('stops coming when interrupted', async () => {
    await hub((request, response, count) => {
      if (request.path.startsWith('/api')) withTinyBert(request, response, count);
    });
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 100);
    await expect(pullModel(NAME, { signal: interrupt.signal })).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('that does not exist is told with its neighbours', async () => {
    await hub(withTinyBert);
    await expect(pullModel('Xenova/bge-smal-en')).rejects.toMatchObject({
      code: 'model-missing',
      hint: expect.stringContaining('Xenova/bge-small-en-v1.5'),
    });
  });

  it('without ONNX weights is told so before anything is fetched', async () => {
    const { seen } = await hub((_, response) =>
      json(response, { siblings: [{ rfilename: 'config.json' }, { rfilename: 'model.safetensors' }] }),
    );
    await expect(pullModel('someone/torch-only')).rejects.toThrow('has no ONNX weights');
    expect(seen).toHaveLength(1);
  });

  it('puts nothing anywhere but into its folder, whatever files the hub names', async () => {
    const weights = 'onnx/model_quantized.onnx';
    const strange = `${weights}_data/../../../../../../stolen`;
    const { cache, seen } = await hub((request, response, count) => {
      if (!request.path.startsWith('/api')) return withTinyBert(request, response, count);
      const siblings = ['config.json', weights, strange, `${weights}_data_old`].map((rfilename) => ({ rfilename }));
      json(response, { siblings });
    });
    await pullModel(NAME);
    expect(readdirSync(cache)).toEqual(['models']);
    expect(seen.filter(({ path }) => path.includes('_data'))).toEqual([]);
  });

  it('needs the hub: what to do without', async () => {
    vi.stubEnv('HF_ENDPOINT', await deadAddress());
    vi.stubEnv('LYREC_CACHE', scratch());
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(pullModel('BAAI/bge-small-en-v1.5')).rejects.toMatchObject({
      code: 'hub-unreachable',
      hint: expect.stringContaining('lyrec-encoder'),
    });
  });
});
