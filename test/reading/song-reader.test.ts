import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ColumnNames, openInput, parseColumnNames, readSongs } from '../../src/reading/song-reader.js';
import type { Song } from '../../src/song.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

async function read(content: string | Uint8Array, columns: ColumnNames = {}) {
  const songs: Song[] = [];
  const skipped: { row: number; line: number; reason: string }[] = [];
  for await (const row of readSongs(openInput(put(scratch(), 'songs.csv', content)), columns)) {
    if ('song' in row) songs.push(row.song);
    else skipped.push(row.skipped);
  }
  return { songs, skipped };
}

const ids = (songs: readonly Song[]) => songs.map(({ id }) => id);

describe('reading a collection', () => {
  it('reads the columns of the Kaggle file and numbers rows from 1', async () => {
    const { songs } = await read(csvOf(ROWS));
    expect(ids(songs)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(songs[0]).toMatchObject({ artist: 'Harbour Lights', title: 'The Pilot Boat', link: '/h/pilot-boat.html' });
    expect(songs[1]).toMatchObject({ link: null, summary: null });
  });

  it('recognises other common column names and keeps the rest as metadata', async () => {
    const { songs } = await read('Track Name,Artist(s),artist_name,Lyrics,tempo\nRain,x,Mo,drip drop,120\n');
    expect(songs[0]).toMatchObject({ title: 'Rain', artist: 'Mo', lyrics: 'drip drop' });
    expect(songs[0]?.metadata).toEqual({ 'Artist(s)': 'x', tempo: '120' });
  });

  it('lets the user map columns', async () => {
    const { songs } = await read('a,b,text\nRain,drip drop,other\n', parseColumnNames('title=a,lyrics=b'));
    expect(songs[0]).toMatchObject({ title: 'Rain', lyrics: 'drip drop', metadata: { text: 'other' } });
  });

  it.each([
    ['tabs', csvOf(ROWS, { delimiter: '\t' })],
    ['semicolons', csvOf(ROWS, { delimiter: ';' })],
    ['a byte-order mark', `\uFEFF${csvOf(ROWS)}`],
    ['CRLF', csvOf(ROWS).replaceAll('\n', '\r\n')],
    ['gzip', gzipSync(csvOf(ROWS))],
    ['UTF-16', Buffer.from(`\uFEFF${csvOf(ROWS)}`, 'utf16le')],
  ])('reads a file with %s like the plain one', async (_, content) => {
    expect((await read(content)).songs).toEqual((await read(csvOf(ROWS))).songs);
  });

  it('tidies blanks and line ends but leaves the words alone', async () => {
    const { songs } = await read('song,text\nA,"  \r\n One,  two  \r\n\r\n\r\n\r\nThree\t!\u0007  \r\n\r\n"\n');
    expect(songs[0]?.lyrics).toBe(' One,  two\n\nThree !');
  });

  it('takes out of every cell what could move a cursor or turn the writing round', async () => {
    const { songs } = await read(
      'artist,song,link,text,summary,"yea\u001br"\nA\u001b[2J,"B\nC\u009b",/d\u0007,"e\u202e\nf\u001b","Bjo\u0308rk\r\n  sings.","19\u2066\n99"\n',
    );
    expect(songs[0]).toMatchObject({
      ...{ artist: 'A[2J', title: 'B C', link: '/d', lyrics: 'e\nf', summary: 'Björk sings.' },
      metadata: { year: '19 99' },
    });
  });

  it('leaves out rows without words, says where they are, and keeps their number', async () => {
    const { songs, skipped } = await read('song,text\nA,la\nB,\n\nC,[Instrumental]\nD,"12\n34"\nE,la\n');
    expect(ids(songs)).toEqual([1, 5]);
    expect(skipped).toEqual([
      { row: 2, line: 3, reason: 'no words' },
      { row: 3, line: 5, reason: 'no words' },
      { row: 4, line: 6, reason: 'no words' },
    ]);
  });

  it('keeps songs in any script', async () => {
    const { songs } = await read('song,text\nA,雨が降る\nB,Дождь идёт\n');
    expect(ids(songs)).toEqual([1, 2]);
  });

  it('leaves out a last row that is cut in mid-quote and names its line', async () => {
    const { songs, skipped } = await read(`${csvOf(ROWS)}X,Y,Z,"And then the\nfile`);
    expect(ids(songs)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(skipped).toEqual([{ row: 7, line: 26, reason: 'cut short' }]);
  });

  it('refuses a quote that swallows the rest of a long file, naming the line it opens on', async () => {
    const rest = 'A,la la la la la la la la\n'.repeat(60_000);
    await expect(read(`song,text\nA,la\nB,"la\n${rest}`)).rejects.toThrow('the row at line 3 that is never closed');
  });

  it('names the line of a quote inside a quoted field', async () => {
    await expect(read('song,text\nA,la\nB,"so "they" said"\n')).rejects.toThrow('at line 3');
  });

  it('leaves out rows with more fields than columns', async () => {
    const { skipped } = await read('song,text\nA,la, la and la\nB,la\n');
    expect(skipped).toEqual([{ row: 1, line: 2, reason: 'wrong number of fields' }]);
  });

  it('names the columns there are when lyrics are missing', async () => {
    await expect(read('song,year\nA,1999\n')).rejects.toThrow('no column of lyrics. It has: song, year.');
  });

  it('names the columns there are when a mapped one is missing', async () => {
    await expect(read(csvOf(ROWS), { lyrics: 'words' })).rejects.toThrow('no column "words". It has: artist, song');
  });

  it('refuses a mapping it does not understand', () => {
    expect(() => parseColumnNames('lyric:text')).toThrow('"lyric:text" does not map a column');
  });

  it.each([
    ['', 'is empty'],
    [' \n \n', 'is empty'],
    [Uint8Array.from({ length: 500 }, (_, i) => (i * 37) % 256), 'is not a text file'],
    [gzipSync(csvOf(ROWS)).subarray(0, 100), 'damaged gzip'],
  ])('refuses an input that is no collection (%#)', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('names a file that is not there', () => {
    expect(() => openInput('/nowhere/songs.csv')).toThrow('There is no file /nowhere/songs.csv');
  });
});
