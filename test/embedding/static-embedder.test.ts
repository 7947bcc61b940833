import { cpSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Embedder, openEmbedder } from '../../src/embedding/embedder.js';
import { dot } from '../../src/vectors/vector-index.js';
import { scratch } from '../support/songs.js';

const BUNDLED = fileURLToPath(new URL('../../models/lyrec-static/', import.meta.url));

let embedder: Embedder;
beforeAll(async () => {
  embedder = await openEmbedder();
});

const lyrics = async (text: string) => (await embedder.embedDocuments([text], 'lyrics'))[0]!;

/** A copy of the bundled model to damage. */
function copyOfModel(): string {
  const folder = join(scratch(), 'model');
  cpSync(BUNDLED, folder, { recursive: true });
  return folder;
}

describe('the embedded model', () => {
  it('gives unit vectors that do not depend on what they were embedded with', async () => {
    const [alone] = await embedder.embedDocuments(['rain on the roof'], 'lyrics');
    const [, among] = await embedder.embedDocuments(['snow', 'rain on the roof', 'sun'], 'lyrics');
    expect(among).toEqual(alone);
    expect(dot(alone!, alone!)).toBeCloseTo(1, 5);
  });

  it('places a description nearer to a song about it than to another', async () => {
    const wanted = await embedder.embedQuery('a fisherman lost in a storm at sea', 'description');
    const sea = await lyrics('The waves broke over the bow\nThe captain went down with his boat');
    const party = await lyrics('Put your hands in the air\nDance all night to the beat');
    expect(dot(wanted, sea)).toBeGreaterThan(dot(wanted, party) + 0.1);
  });

  it('reads a repeated line of lyrics once, in every script', async () => {
    expect(await lyrics('雨 rain\nDown it comes!\ndown it comes\n 雨 rain')).toEqual(
      await lyrics('雨 rain\nDown it comes!'),
    );
    expect(await lyrics('Дождь\nСнег')).not.toEqual(await lyrics('Дождь'));
  });

  it('gives zeros for a text without a known piece', async () => {
    expect((await lyrics('')).every((value) => value === 0)).toBe(true);
  });
});

describe('a question', () => {
  it('is the same the first time, when a few rows are read, as when all are', async () => {
    const text = 'a fisherman lost in a storm at sea';
    const fresh = await openEmbedder();
    const first = await fresh.embedQuery(text, 'lyrics');
    expect(await fresh.embedQuery(text, 'lyrics')).toEqual(first);
    expect(await lyrics(text)).toEqual(first);
  });

  it('is refused where the model has changed under it', async () => {
    const folder = copyOfModel();
    const opened = await openEmbedder({ model: folder });
    utimesSync(join(folder, 'model.safetensors'), 1, 1);
    await expect(opened.embedQuery('rain', 'lyrics')).rejects.toMatchObject({ code: 'model-mismatch' });
  });
});

describe('a folder in Model2Vec layout', () => {
  it('is pooled plainly unless its config says otherwise', async () => {
    const folder = copyOfModel();
    writeFileSync(join(folder, 'config.json'), '{"model_type":"model2vec","normalize":true}');
    const published = await openEmbedder({ model: folder });
    const [once, twice] = await published.embedDocuments(['rain snow', 'rain rain\nrain snow'], 'lyrics');
    expect(dot(once!, twice!)).toBeLessThan(0.99);
    expect(published.id).not.toBe(embedder.id);
  });

  it.each(['tokenizer.json', 'model.safetensors'])('is refused without its %s', async (name) => {
    const folder = copyOfModel();
    const other = join(scratch(), 'half');
    cpSync(folder, other, { recursive: true, filter: (file) => !file.endsWith(name) });
    await expect(openEmbedder({ model: other })).rejects.toThrow(name);
  });

  it.each([
    ['model.safetensors', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), 'cut short'],
    ['model.safetensors', () => Buffer.from('<html>no such model</html>'), 'not a readable model'],
    ['tokenizer.json', () => Buffer.from('{'), 'not a tokenizer'],
    ['config.json', () => Buffer.from('{"lyrec":{"term_counts":"n squared"}}'), 'term_counts "n squared" is not known'],
    [
      'model.safetensors',
      (bytes: Buffer) => {
        const damaged = Buffer.from(bytes);
        const start = 8 + Number(bytes.readBigUInt64LE(0));
        const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { data_offsets: number[] }>;
        damaged.writeFloatLE(Number.NaN, start + header.weights!.data_offsets[0]!);
        return damaged;
      },
      'not numbers',
    ],
  ])('is refused with a damaged %s (%#)', async (name, damage, message) => {
    const folder = copyOfModel();
    writeFileSync(join(folder, name), damage(readFileSync(join(folder, name))));
    await expect(openEmbedder({ model: folder })).rejects.toThrow(message);
  });
});
