import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ChatModel, openChatModel } from '../../src/chat/chat-model.js';
import { scratch } from '../support/songs.js';

// Random weights: it writes nonsense, always the same about the same words, and never ends by itself.
const TINY = fileURLToPath(new URL('../fixtures/models/tiny-llm', import.meta.url));

async function withModel<T>(folder: string, work: (model: ChatModel) => Promise<T>): Promise<T> {
  const model = await openChatModel({ llm: folder });
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
      const stop = new AbortController();
      const answer = model.answer([{ role: 'user', content: 'rain' }], {
        maxTokens: 4000,
        temperature: 0,
        signal: stop.signal,
      });
      setTimeout(() => stop.abort(), 50);
      await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
    });
  });

  it('is named by its folder, and needs no loading to be named', async () => {
    expect(await openChatModel({ llm: TINY })).toMatchObject({ id: 'local:tiny-llm', name: 'tiny-llm' });
  });

  it.each([
    ['without weights', (folder: string) => rmSync(join(folder, 'onnx'), { recursive: true }), 'has no onnx/'],
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

  it('takes no name for a server’s model', async () => {
    await expect(openChatModel({ llm: TINY, model: 'gemma' })).rejects.toThrow('not the address of a server');
  });
});
