import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readText } from '../../src/reading/song-reader.js';
import { lyrec } from '../support/cli.js';
import { put, scratch } from '../support/songs.js';

describe('a text in another encoding', () => {
  it('is refused with the line and how to convert it', async () => {
    const file = put(scratch(), 'songs.csv', Buffer.from('song,text\nRain,drip drop\nCaf\xe9,du lait\n', 'latin1'));
    expect(await lyrec(['build', file, '--index', scratch()])).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/songs\.csv is not in UTF-8: see line 3\.\n.*iconv/),
    });
  });

  it('is found in the middle of a large file', async () => {
    const lines = Buffer.from('Käse und Brötchen für die Gäste\n'.repeat(30_000));
    lines[lines.lastIndexOf(Buffer.from('K'))] = 0xe9;
    await expect(readText(put(scratch(), 'large.txt', lines))).rejects.toThrow('line 30000');
  });
});

describe('a file that ends in the middle of a character', () => {
  it('is read to there', async () => {
    const whole = Buffer.from('drip drop, café');
    expect(await readText(put(scratch(), 'cut.txt', whole.subarray(0, -1)))).toBe('drip drop, caf\uFFFD');
  });
});

describe.skipIf(process.getuid?.() === 0)('a file that nobody may read', () => {
  it('is said to be one', async () => {
    const file = put(scratch(), 'secret.txt', 'x');
    chmodSync(file, 0);
    await expect(readText(file)).rejects.toMatchObject({ code: 'input-missing', message: /cannot be read \(EACCES\)/ });
  });
});
