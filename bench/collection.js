/**
 * A collection of any size for measuring speed, mixed from the lines of the demo songs. Its songs mean nothing.
 * @module
 */
import { createWriteStream, readFileSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';

const DEMO = new URL('../examples/songs.csv', import.meta.url);
// The lines of a song in the article's collection, on average.
const LINES = 38;

/**
 * Writes a CSV of `rows` songs; the same every time.
 *
 * @param {string} file
 * @param {number} rows
 */
export async function writeCollection(file, rows) {
  const songs = parse(readFileSync(DEMO), { columns: true }).filter((song) => song.text.length > 200);
  const lines = songs.flatMap((song) => song.text.split('\n')).filter(Boolean);
  let state = 1;
  const pick = (list) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return list[Math.floor((state / 0x80000000) * list.length)];
  };
  const quote = (text) => `"${text.replaceAll('"', '""')}"`;
  const out = createWriteStream(file);
  out.write('artist,song,link,text\n');
  for (let row = 1; row <= rows; row++) {
    const { artist, song } = pick(songs);
    const text = Array.from({ length: LINES }, () => pick(lines)).join('\n');
    const cells = [artist, `${song} (${row})`, `/${row}`, text];
    if (!out.write(`${cells.map(quote).join(',')}\n`)) await new Promise((done) => out.once('drain', done));
  }
  out.end();
  await finished(out);
}
