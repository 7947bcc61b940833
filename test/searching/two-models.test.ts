import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIndex, LyRec } from '../../src/index.js';
import { json, serve } from '../support/server.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

const STORM = 'praying on deck through a storm, only three come home';

/** An index of the test songs by the table and by a server whose vectors tell little apart. */
async function opened() {
  const { url, seen } = await serve((request, response) => {
    const { input } = JSON.parse(request.body) as { input: string[] };
    json(response, { data: input.map((text, index) => ({ index, embedding: [1, text.length % 7, 1] })) });
  });
  const folder = join(scratch(), 'index');
  const model = { model: `${url}/v1`, modelName: 'some-model' };
  await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(ROWS)), folder, model });
  return { lyrec: await LyRec.open(folder), seen };
}

describe('an index of a table and an encoder', () => {
  it('mixes both for a description, each by its weight over its spread', async () => {
    const { lyrec } = await opened();
    const { matches } = await lyrec.describe(STORM);
    expect(matches).toHaveLength(ROWS.length);
    for (const { score, parts } of matches) {
      expect(parts).toHaveLength(2);
      expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
      expect(parts.reduce((sum, { value, share }) => sum + value * share, 0)).toBeCloseTo(score, 6);
    }
    await lyrec.close();
  });

  it('asks the encoder only where it has a say', async () => {
    const { lyrec, seen } = await opened();
    const before = seen.length;
    const { matches } = await lyrec.similarLyrics('we prayed to God on the deck to kneel');
    expect(matches[0]?.song.title).toBe('Salt on the Stairs');
    const say = lyrec.weights.excerpt!.lyrics.encoder > 0;
    expect(seen).toHaveLength(before + (say ? 1 : 0));
    await lyrec.close();
  });
});
