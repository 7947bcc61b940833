import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChatModel, openChatModel } from '../../src/chat/chat-model.js';
import { openEmbedder } from '../../src/embedding/embedder.js';
import { pullModel } from '../../src/embedding/open-model.js';
import { hub, withModel as withHubModel } from '../support/hub.js';
import { TINY_BERT, TINY_LLM } from '../support/models.js';
import { scratch } from '../support/songs.js';

// Random weights: it writes nonsense, always the same about the same words, and never ends by itself.
const TINY = TINY_LLM;

async function withModel<T>(
  llm: string,
  work: (model: ChatModel) => Promise<T>,
  download?: Parameters<typeof openChatModel>[1],
): Promise<T> {
  const model = await openChatModel({ llm }, download);
  try {
    return await work(model);
  } finally {
    await model.close();
  }
}

const ask = (model: ChatModel, content: string, signal?: AbortSignal) =>
  model.answer([{ role: 'user', content }], { maxTokens: 20, temperature: 0, signal });

describe('a local language model', () => {
  it('answers with new text only, and counts its tokens', async () => {
    await withModel(TINY, async (model) => {
      const answer = await ask(model, 'rain on the roof');
      expect(answer.text).not.toContain('rain on the roof');
      expect(answer.text.length).toBeGreaterThan(0);
      expect(answer.cut).toBe(true);
      expect(answer.tokens.in).toBeGreaterThan(5);
      expect(await ask(model, 'rain on the roof')).toEqual(answer);
      expect((await ask(model, 'snow on the hills')).text).not.toBe(answer.text);
    });
  });

  it('knows what fits into its window', async () => {
    await withModel(TINY, async (model) => {
      const turn = (content: string) => [{ role: 'user', content } as const];
      expect(await model.fits(turn('rain'), 300)).toBe(true);
      expect(await model.fits(turn('rain '.repeat(5000)), 300)).toBe(false);
    });
  });

  it('stops writing when it is told to', async () => {
    await withModel(TINY, async (model) => {
      const write = (maxTokens: number, signal?: AbortSignal) =>
        model.answer([{ role: 'user', content: 'rain' }], { maxTokens, temperature: 0, signal });
      await write(1);
      const started = performance.now();
      await write(400);
      const whole = performance.now() - started;
      const stop = new AbortController();
      setTimeout(() => stop.abort(), whole / 10);
      // Ten times as many words, in less time.
      await expect(write(4000, stop.signal)).rejects.toMatchObject({ code: 'interrupted' });
      expect(performance.now() - started - whole).toBeLessThan(whole);
    });
  });

  it('is named by its folder, and needs no loading to be named', async () => {
    expect(await openChatModel({ llm: TINY })).toMatchObject({ id: 'local:tiny-llm', name: 'tiny-llm' });
  });

  it.each([
    ['without weights', (folder: string) => rmSync(join(folder, 'onnx'), { recursive: true }), 'has no ONNX weights'],
    [
      'with damaged weights',
      (folder: string) => writeFileSync(join(folder, 'onnx', 'model.onnx'), 'not a model'),
      'cannot be loaded',
    ],
    [
      'without a chat template',
      (folder: string) =>
        writeFileSync(
          join(folder, 'tokenizer_config.json'),
          '{"tokenizer_class":"GPT2Tokenizer","eos_token":"<|stop|>"}',
        ),
      'has no chat template',
    ],
  ])('is refused %s', async (_, damage, message) => {
    const folder = join(scratch(), 'model');
    cpSync(TINY, folder, { recursive: true });
    damage(folder);
    await withModel(folder, async (model) => {
      await expect(ask(model, 'rain')).rejects.toThrow(message);
    });
  });

  it('is loaded once more after a failure', async () => {
    const folder = join(scratch(), 'model');
    cpSync(TINY, folder, { recursive: true });
    writeFileSync(join(folder, 'onnx', 'model.onnx'), 'not a model');
    await withModel(folder, async (model) => {
      await expect(ask(model, 'rain')).rejects.toThrow('cannot be loaded');
      cpSync(TINY, folder, { recursive: true });
      expect(await ask(model, 'rain')).toHaveProperty('cut', true);
    });
  });

  it('takes no name for a server’s model', async () => {
    await expect(openChatModel({ llm: TINY, model: 'gemma' })).rejects.toThrow('not the address of a server');
  });
});

describe('a language model of the hub', () => {
  const NAME = 'someone/tiny-llm';
  const answer = withHubModel(NAME, TINY, { pipeline_tag: 'text-generation' });

  it('is fetched with the first answer where it may be, also beside an encoder', async () => {
    const { seen } = await hub(answer);
    const encoder = await openEmbedder({ model: TINY_BERT });
    await encoder.close();
    const told: { done: number; total: number | null }[] = [];
    const first = await withModel(NAME, (model) => ask(model, 'rain'), { onDownload: (bytes) => told.push(bytes) });
    expect(told.at(-1)).toMatchObject({ done: told.at(-1)?.total });
    const asked = seen.length;
    expect(await withModel(NAME, (model) => ask(model, 'rain'))).toEqual(first);
    expect(seen).toHaveLength(asked);
    expect(first).toEqual(await withModel(TINY, (model) => ask(model, 'rain')));
  });

  it('is never fetched by a question, which says how to', async () => {
    const { seen } = await hub(answer);
    await withModel(NAME, async (model) => {
      await expect(ask(model, 'rain')).rejects.toMatchObject({
        code: 'model-missing',
        hint: `Fetch it with: lyrec models pull ${NAME}`,
      });
      expect(seen).toEqual([]);
      await pullModel(NAME);
      expect(await ask(model, 'rain')).toHaveProperty('cut', true);
    });
  });

  it('comes in the smallest precision that writes well', async () => {
    const folder = join(scratch(), 'model');
    cpSync(TINY, folder, { recursive: true });
    for (const name of ['model_q4', 'model_quantized'])
      cpSync(join(TINY, 'onnx/model.onnx'), join(folder, `onnx/${name}.onnx`));
    const { seen } = await hub(withHubModel(NAME, folder, { pipeline_tag: 'text-generation' }));
    await pullModel(NAME);
    expect(seen.filter(({ path }) => path.includes('onnx')).map(({ path }) => path)).toEqual([
      `/${NAME}/resolve/main/onnx/model_q4.onnx`,
    ]);
  });

  it('stops coming when interrupted', async () => {
    await hub((request, response, count) => {
      if (request.path.startsWith('/api')) answer(request, response, count);
    });
    const interrupt = new AbortController();
    const download = { signal: interrupt.signal };
    setTimeout(() => interrupt.abort(), 100);
    await withModel(
      NAME,
      (model) => expect(ask(model, 'rain')).rejects.toMatchObject({ code: 'interrupted' }),
      download,
    );
  });
});
