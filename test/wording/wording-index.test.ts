import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gramsOf, plainWords, WordingIndex, writeWording } from '../../src/wording/wording-index.js';
import { ROWS, scratch } from '../support/songs.js';

/** An index of texts whose ids are 10, 20, 30, … */
async function indexOf(texts: readonly string[]): Promise<WordingIndex> {
  const file = join(scratch(), 'x.grams');
  await writeWording(
    file,
    texts.map((text, i) => ({ id: 10 * (i + 1), text })),
    { onText: async () => {} },
  );
  const index = WordingIndex.open(file);
  onTestFinished(() => index.close());
  return index;
}

/** The id of the text with the largest score. */
function best(index: WordingIndex, question: string): number | undefined {
  const scores = index.scores(question);
  return index.ids[scores.indexOf(Math.max(...scores))];
}

describe('grams', () => {
  it('are the same for the same words, whatever the case, accents, apostrophes and punctuation', () => {
    expect(gramsOf("Don't  —  CRY, Café!")).toEqual(gramsOf('dont cry cafe'));
    expect(plainWords("Don't  —  CRY, Café!")).toBe('dont cry cafe');
  });

  it('tell words apart in every script', () => {
    for (const text of ['Ой у лузі червона калина', 'ابكي على الحب', '君の名は桜の花', '사랑해 너를 많이']) {
      expect(gramsOf(text).length).toBeGreaterThan(0);
      expect(gramsOf(text)).not.toEqual(gramsOf('hello'));
    }
  });

  it.each(['', '!?', 'a', '🎸'])('are none for a text without words (%j)', (text) => {
    expect(gramsOf(text)).toHaveLength(0);
  });
});

describe('a wording index', () => {
  it.each([
    ['my fahter hawls the herrin net', 10],
    ['we pryed to god on the deck', 20],
    ['floor on the tabel, snow outside', 30],
    ['weding ring is in the sinck', 40],
    ['forti hours on the factry flor', 60],
  ])('finds the song that "%s" comes from', async (excerpt, id) => {
    expect(best(await indexOf(ROWS.map(({ text }) => text)), excerpt)).toBe(id);
  });

  it('counts a word more that a song has more than once', async () => {
    const index = await indexOf(['dancing in the dark', 'dancing and dancing on', 'a silent wheel']);
    const [once, repeated, never] = index.scores('dancing');
    expect(repeated).toBeGreaterThan(once!);
    expect(never).toBe(0);
  });

  it('leaves out what a third of all songs have', async () => {
    const texts = Array.from({ length: 120 }, (_, i) => (i % 2 ? `love number ${i}` : `something else ${i * 7}`));
    const index = await indexOf(texts);
    expect(Math.max(...index.scores('love'))).toBe(0);
    expect(index.mayHold('love')).toBeNull();
  });

  it('narrows a phrase down to the songs that may hold it', async () => {
    const index = await indexOf(ROWS.map(({ text }) => text));
    const ids = index.mayHold('The wedding ring')?.map((place) => index.ids[place]);
    expect(ids).toEqual([40]);
  });

  it('keeps songs far apart in a large collection', async () => {
    const texts = Array.from({ length: 40_000 }, (_, i) => (i % 19_999 === 0 ? 'a zeppelin' : 'x'));
    const index = await indexOf(texts);
    const found = [...index.scores('zeppelin')].flatMap((score, place) => (score > 0 ? [place] : []));
    expect(found).toEqual([0, 19_999, 39_998]);
  });

  it('refuses a file that is cut short or something else', async () => {
    const file = join(scratch(), 'x.grams');
    await writeWording(file, [{ id: 1, text: 'some words' }], { onText: async () => {} });
    truncateSync(file, readFileSync(file).length - 3);
    expect(() => WordingIndex.open(file)).toThrow('damaged');
    writeFileSync(file, 'not an index at all, but long enough to have a header');
    expect(() => WordingIndex.open(file)).toThrow('damaged');
  });

  it('says so when its file is cut while it is open', async () => {
    const file = join(scratch(), 'x.grams');
    await writeWording(file, [{ id: 1, text: 'some words' }], { onText: async () => {} });
    const index = WordingIndex.open(file);
    onTestFinished(() => index.close());
    truncateSync(file, readFileSync(file).length - 3);
    expect(() => index.scores('some words')).toThrow('damaged');
  });
});
