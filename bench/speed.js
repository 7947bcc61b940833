/**
 * How fast, how large: `npm run bench` or `npm run bench -- --csv songs.csv`.
 *
 * Times of whole processes are taken in turn with an empty node process and given as ratios too, since machines differ
 * and drift. Nothing here is asserted; the budgets are those of the design.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LyRec } from '../dist/index.js';
import { writeCollection } from './collection.js';

const BIN = fileURLToPath(new URL('../bin/lyrec.js', import.meta.url));
const ROUNDS = 9;
const QUESTIONS = [
  'a dreamy song about childhood memories',
  'rain on a city night, alone',
  'leaving home with one suitcase',
  'an angry song about the boss and the rent',
  'two people who fall in love at sea',
  'a funny song about a pet',
  'grief for a brother',
  'dancing until morning',
];

const { values } = parseArgs({ options: { csv: { type: 'string' }, rows: { type: 'string', default: '57650' } } });
const place = mkdtempSync(join(tmpdir(), 'lyrec-bench-'));
try {
  const csv = values.csv ?? join(place, 'songs.csv');
  if (!values.csv) await writeCollection(csv, Number(values.rows));
  const index = join(place, 'index');

  const built = run([BIN, 'build', csv, '--index', index, '--json', '--quiet']);
  const report = JSON.parse(built.stdout);
  row('build', `${built.seconds.toFixed(1)} s for ${report.index.songs} songs`, 'budget for 57,650: 120 s');
  const ratio = report.index.bytes / statSync(csv).size;
  row('index', `${ratio.toFixed(2)} times the CSV`, 'budget: 4');
  row(
    'build with nothing to do',
    `${run([BIN, 'build', csv, '--index', index, '-q']).seconds.toFixed(2)} s`,
    'budget: 5 s',
  );

  const pairs = Array.from({ length: ROUNDS }, (_, round) => {
    const empty = run(['-e', '0']).seconds;
    const question = run([BIN, 'describe', QUESTIONS[round % QUESTIONS.length], '--index', index, '--json']).seconds;
    return { empty, question, ratio: question / empty };
  });
  const ms = (name) => `${(median(pairs.map((pair) => pair[name])) * 1000).toFixed(0)} ms`;
  row('empty node process', ms('empty'), '');
  row('one question, whole process', ms('question'), '');
  row('the same in empty processes', median(pairs.map((pair) => pair.ratio)).toFixed(2), 'budget: 2.5');

  const exact = await LyRec.open(index, { search: 'exact' });
  const graph = await LyRec.open(index);
  const { artist } = graph.song(1);
  let agreed = 0;
  let asked = 0;
  const times = { exact: [], graph: [] };
  const ask = async (name, lyrec, question) => {
    const started = performance.now();
    const { matches } = await lyrec.describe(question);
    times[name].push(performance.now() - started);
    return matches.map(({ song }) => song.id);
  };
  for (const question of [...QUESTIONS, ...QUESTIONS]) {
    const truth = new Set(await ask('exact', exact, question));
    const found = await ask('graph', graph, question);
    agreed += found.filter((id) => truth.has(id)).length;
    asked += truth.size;
  }
  const warm = (name) => `${median(times[name].slice(QUESTIONS.length)).toFixed(1)} ms`;
  row('warm question, graph', warm('graph'), 'budget: 2 ms');
  row('warm question, exact', warm('exact'), '');
  row('graph agrees with exact', `${((100 * agreed) / asked).toFixed(1)} of 100`, 'budget: 99');
  const mixed = QUESTIONS.flatMap((first) => QUESTIONS.map((second) => `${first}, ${second}`));
  const p95 = async (ask) => {
    const taken = [];
    for (const question of mixed) {
      const started = performance.now();
      await ask(question);
      taken.push(performance.now() - started);
    }
    return `${taken.toSorted((a, b) => a - b)[Math.floor(0.95 * taken.length)].toFixed(1)} ms`;
  };
  row('warm describe, p95', await p95((question) => graph.describe(question)), 'budget: 10 ms');
  row('warm excerpt, p95', await p95((question) => graph.similarLyrics(question)), '');
  row('warm describe by one artist, p95', await p95((question) => graph.describe(question, { artists: [artist] })), '');
  const questions = Array.from({ length: 16 }, () => mixed.map((describe) => JSON.stringify({ describe }))).flat();
  const alone = run([BIN, 'batch', '-', '--index', index], '{"describe": "rain"}\n').seconds;
  const batch = run([BIN, 'batch', '-', '--index', index], questions.join('\n')).seconds - alone;
  row('batch', `${(questions.length / batch).toFixed(0)} questions a second`, 'budget: 300');
  await exact.close();
  await graph.close();
} finally {
  rmSync(place, { recursive: true });
}

/** Runs node with arguments and takes the time of the whole process. */
function run(args, input = '') {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return { stdout, seconds: (performance.now() - started) / 1000 };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function row(name, value, budget) {
  console.log(`${name.padEnd(34)} ${value.padEnd(28)} ${budget}`);
}
