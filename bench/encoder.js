/**
 * Songs a second: an int8 encoder here and the same encoder in float32 under Python's sentence-transformers, in turn in one run.
 *
 *     node bench/encoder.js --python venv/bin/python --python-model folder-or-name [--model lyrec-encoder] [--csv songs.csv] [--songs 400]
 *
 * Loading is not counted on either side. Machines differ and drift, so the ratio of neighbouring rounds is what counts.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedder } from '../dist/embedding/embedder.js';
import { openInput, readSongs } from '../dist/reading/song-reader.js';
import { writeCollection } from './collection.js';

const SIDE = fileURLToPath(new URL('encoder.py', import.meta.url));
const ROUNDS = 3;
const WARM_UP = 32;

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'lyrec-encoder' },
    python: { type: 'string' },
    'python-model': { type: 'string' },
    csv: { type: 'string' },
    songs: { type: 'string', default: '400' },
  },
});
const place = mkdtempSync(join(tmpdir(), 'lyrec-bench-'));
try {
  const count = Number(values.songs);
  const csv = values.csv ?? join(place, 'songs.csv');
  if (!values.csv) await writeCollection(csv, count + WARM_UP);
  const texts = await lyricsOf(csv, count + WARM_UP);
  const file = join(place, 'texts.json');
  writeFileSync(file, JSON.stringify(texts));

  const embedder = await openEmbedder({ model: values.model });
  await embedder.embedDocuments(texts.slice(0, WARM_UP), 'lyrics');
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const here = await songsASecond(embedder, texts.slice(WARM_UP));
    const there = values.python ? inPython(file) : Number.NaN;
    rounds.push({ here, there, ratio: here / there });
  }
  await embedder.close();
  const workers = process.env.LYREC_THREADS ?? availableParallelism();
  row(`${values.model}, ${embedder.choice.dtype ?? 'server'}, ${workers} workers`, rounds, 'here');
  if (values.python) {
    row('sentence-transformers, fp32', rounds, 'there');
    row('ratio', rounds, 'ratio');
  }
} finally {
  rmSync(place, { recursive: true });
}

async function lyricsOf(csv, count) {
  const texts = [];
  for await (const { song } of readSongs(openInput(csv))) {
    if (song) texts.push(song.lyrics);
    if (texts.length === count) break;
  }
  return texts;
}

async function songsASecond(embedder, texts) {
  const started = performance.now();
  await embedder.embedDocuments(texts, 'lyrics');
  return (texts.length / (performance.now() - started)) * 1000;
}

function inPython(file) {
  const { status, stdout, stderr } = spawnSync(values.python, [SIDE, values['python-model'], file, String(WARM_UP)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function row(name, rounds, key) {
  const sorted = rounds.map((round) => round[key]).toSorted((a, b) => a - b);
  const unit = key === 'ratio' ? '' : ' songs a second';
  console.log(
    `${name.padEnd(40)} ${sorted[sorted.length >> 1].toFixed(1)}${unit} (${sorted.map((x) => x.toFixed(1)).join(', ')})`,
  );
}
