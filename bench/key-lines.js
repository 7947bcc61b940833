/**
 * Whether key lines should be searched like summaries: `node bench/key-lines.js --csv songs.csv --requests requests.jsonl`, where
 * each request is `{"song_id", "request"}` and the song is the right answer. A `summary` column is left out.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIndex, LyRec } from '../dist/index.js';
import { openInput, readSongs } from '../dist/reading/song-reader.js';

const { values } = parseArgs({ options: { csv: { type: 'string' }, requests: { type: 'string' } } });
if (!values.csv || !values.requests) {
  console.error('usage: node bench/key-lines.js --csv songs.csv --requests requests.jsonl');
  process.exit(2);
}
const requests = readFileSync(values.requests, 'utf8').split('\n').filter(Boolean).map(JSON.parse);
// Rows without words are left out, so songs get other numbers.
const numbers = new Map();
const place = mkdtempSync(join(tmpdir(), 'lyrec-bench-'));
try {
  const songs = [];
  for await (const { song } of readSongs(openInput(values.csv))) if (song) numbers.set(song.id, songs.push(song));
  const plain = await built('plain', songs, () => '');
  await report('lyrics alone, key lines shown', plain);
  const lyrec = await LyRec.open(plain);
  const lines = songs.map((_, i) => lyrec.song(i + 1).summary);
  await lyrec.close();
  await report('key lines searched as summaries', await built('lines', songs, (_, i) => lines[i]));
} finally {
  rmSync(place, { recursive: true });
}

async function built(name, songs, summaryOf) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = songs.map((song, i) => [song.artist, song.title, song.lyrics, summaryOf(song, i)].map(quoted).join());
  const input = join(place, `${name}.csv`);
  writeFileSync(input, `artist,song,text,summary\n${rows.join('\n')}\n`);
  const folder = join(place, name);
  await buildIndex({ input, folder });
  return folder;
}

async function report(name, folder) {
  const lyrec = await LyRec.open(folder);
  const ranks = [];
  for (const { song_id, request } of requests) {
    const { matches } = await lyrec.describe(request, { k: 50 });
    ranks.push(matches.findIndex(({ song }) => song.id === numbers.get(song_id)));
  }
  await lyrec.close();
  const share = (k) => (ranks.filter((rank) => rank >= 0 && rank < k).length / ranks.length).toFixed(3);
  console.log(`${name.padEnd(32)} R@1 ${share(1)}  R@10 ${share(10)}  R@50 ${share(50)}`);
}
