import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { openTokenizer } from '../../src/embedding/static/piece-tokenizer.js';
import { findVocabulary, openVocabulary } from '../../src/embedding/static/vocabulary.js';
import { scratch } from '../support/songs.js';

const FILE = fileURLToPath(new URL('../../models/lyrec-static/tokenizer.json', import.meta.url));
const DEMO = fileURLToPath(new URL('../../examples/songs.csv', import.meta.url));
const PIECES = 30_522;

describe('the tokenizer', () => {
  it('gives the pieces that the tokenizers library gives, less those that are unknown', () => {
    const library = new Tokenizer(JSON.parse(readFileSync(FILE, 'utf8')), {});
    const ours = openTokenizer(FILE, PIECES);
    const texts = [
      ...readFileSync(DEMO, 'utf8').split('\n'),
      "Don't-stop!! 24/7 (x2)",
      'naïve café, ÅNGSTRÖM – “quoted”',
      '日本の雨 rain дождь 😀',
      '[MASK] x[UNK]y ##ing',
      `${'a'.repeat(100)} ${'a'.repeat(101)} back\\slash "quote" {brace}`,
      'a\u007fb \u0000 e\u0301t\u00e9\ttab',
    ];
    for (const text of texts) {
      const ids = (library.encode(text, { add_special_tokens: false }).ids as number[]).filter((id) => id !== 100);
      expect(ours.pieces(text), text).toEqual(ids);
    }
  });

  it('refuses pieces that the model has no vector for', () => {
    expect(() => openTokenizer(FILE, 4000).pieces('rainbow')).toThrow('beyond the 4000');
  });

  it('says so where the vocabulary turns out to be damaged', () => {
    const file = join(scratch(), 'tokenizer.json');
    writeFileSync(file, readFileSync(FILE, 'utf8').replace('"rain": ', '"rain" '));
    const many = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');
    expect(() => openTokenizer(file, PIECES).pieces(many)).toThrow('is not a tokenizer');
  });
});

describe('the vocabulary in the bytes of a file', () => {
  const odd = {
    rain: 4,
    '##rain': 5,
    '"': 6,
    '"rain': 7,
    '\\': 8,
    '}': 9,
    '5}': 10,
    '":5}': 11,
    ':': 12,
    é: 13,
    a: 14,
  };

  it.each([
    ['compact', JSON.stringify({ model: { vocab: odd, unk_token: 'a' } })],
    ['indented', JSON.stringify({ model: { vocab: odd, unk_token: 'a' } }, null, 2)],
    ['at the end', JSON.stringify({ model: { type: 'WordPiece', vocab: odd } })],
  ])('is found and searched (%s)', (_, text) => {
    const bytes = Buffer.from(text);
    const { start, end } = findVocabulary(bytes)!;
    const json = bytes.subarray(start, end);
    expect(JSON.parse(json.toString())).toEqual(odd);
    for (const [piece, id] of Object.entries(odd)) expect(openVocabulary(json).idOf(piece), piece).toBe(id);
    expect(openVocabulary(json).idOf('ra')).toBeUndefined();
  });

  it.each(['', '{"model":{}}', '{"vocab":["a","b"],"x":{"y":1}}', '{"vocab":{"a":'])('is not found in %j', (text) => {
    expect(findVocabulary(Buffer.from(text))).toBeNull();
  });
});
