/**
 * How fast the embedded model is: `npm run bench:embedding` or `npm run bench:embedding -- --csv songs.csv`.
 *
 * Songs are embedded one after the other on one core, from an empty cache of words. Readiness is measured inside fresh
 * processes, around opening the model and one question. Nothing here is asserted; the budgets are those of the design.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedder } from '../dist/embedding/embedder.js';
import { openInput, readSongs } from '../dist/reading/song-reader.js';

const DEMO = fileURLToPath(new URL('../examples/songs.csv', import.meta.url));
const REAL = fileURLToPath(new URL('../../shared/data/songs.csv', import.meta.url));
const PROCESSES = 15;
const READY = `
  const { openEmbedder } = await import(${JSON.stringify(new URL('../dist/embedding/embedder.js', import.meta.url).href)});
  const started = performance.now();
  const embedder = await openEmbedder({ model: process.argv[1] });
  await embedder.embedQuery('a dreamy song about childhood memories', 'description');
  console.log(performance.now() - started);
`;

const { values } = parseArgs({
  options: { csv: { type: 'string' }, model: { type: 'string', default: 'lyrec-static' } },
});
const csv = values.csv ?? (existsSync(REAL) ? REAL : DEMO);

const lyrics = [];
for await (const row of readSongs(openInput(csv))) if ('song' in row) lyrics.push(row.song.lyrics);
const embedder = await openEmbedder({ model: values.model });
const before = process.cpuUsage();
const started = performance.now();
await embedder.embedDocuments(lyrics, 'lyrics');
const wall = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
await embedder.close();
row('songs a second', perSecond(wall), `budget: 2,000 (${lyrics.length} songs of ${csv})`);
row('songs a second of processor time', perSecond((user + system) / 1e6), '');

const times = Array.from({ length: PROCESSES }, () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', READY, values.model],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}).sort((a, b) => a - b);
row(
  'ready in a fresh process',
  `${times[PROCESSES >> 1].toFixed(0)} ms`,
  `budget: 50 ms (fastest ${times[0].toFixed(0)})`,
);

function perSecond(seconds) {
  return Math.round(lyrics.length / seconds).toLocaleString('en-US');
}

function row(name, value, budget) {
  console.log(`${name.padEnd(34)} ${value.padEnd(12)} ${budget}`);
}
