import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIndex, LyRec } from '../../src/index.js';
import { change, copyOfTinyBert } from '../support/models.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

async function builtWith(model: string) {
  const place = scratch();
  const folder = join(place, 'index');
  await buildIndex({ input: put(place, 'songs.csv', csvOf(ROWS)), folder, model: { model } });
  return folder;
}

async function ask(folder: string) {
  const lyrec = await LyRec.open(folder, { search: 'exact' });
  try {
    return await lyrec.describe('rain');
  } finally {
    await lyrec.close();
  }
}

describe('a question to an index with an encoder', () => {
  it('is asked with what stands in the manifest, not with what the model says by now', async () => {
    const model = copyOfTinyBert();
    const folder = await builtWith(model);
    const before = await ask(folder);
    change(model, 'config_sentence_transformers.json', { prompts: { query: 'a prompt that came later: ' } });
    expect(await ask(folder)).toEqual(before);
  });

  it('finds the vectors of both models, whatever the encoder is called', async () => {
    const folder = await builtWith(copyOfTinyBert('lyrec-static'));
    const lyrec = await LyRec.open(folder);
    await lyrec.check();
    await lyrec.close();
    const { matches } = await ask(folder);
    expect(matches).toHaveLength(ROWS.length);
  });

  it('is refused when the model has changed, or is gone', async () => {
    const model = copyOfTinyBert();
    const folder = await builtWith(model);
    change(model, 'config.json', { lyrec: { pieces: 1 } });
    await expect(ask(folder)).rejects.toMatchObject({ code: 'model-mismatch', hint: 'Build the index again.' });
    rmSync(model, { recursive: true });
    await expect(ask(folder)).rejects.toMatchObject({ code: 'model-missing' });
  });
});
