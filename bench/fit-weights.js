/**
 * Fits the table of weights on questions whose right song is known:
 *
 *     npm run bench:weights -- --write [--model ENCODER] [--data DIR] [--index DIR]
 *
 * DIR, `../shared/data` beside the repository unless given, holds songs-with-summaries.csv, requests-dev.jsonl
 * ({song_id, request}), excerpts-dev.jsonl and excerpts-noisy-dev.jsonl ({song_id, lyrics}). The songs are indexed by the
 * models that come with LyRec (`--model lyrec-static`: without an encoder), in a folder that goes away, or in --index, where
 * the next run finds what is embedded already.
 * Weights are coarse, change one at a time, and stay small unless a larger one is clearly better. What is printed as
 * held out comes from weights fitted without the questions they are measured on, a fifth of them at a time.
 * --write puts the table into src/searching/weights.ts; rows of an encoder are left as they are without one.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Catalog } from '../dist/catalog/catalog.js';
import { openProgress } from '../dist/cli/progress.js';
import { bundledFolder } from '../dist/embedding/bundled-models.js';
import { openEmbedder } from '../dist/embedding/embedder.js';
import { buildIndex } from '../dist/index.js';
import { CATALOG_FILE, readManifest } from '../dist/index-folder/index-folder.js';
import { LocalStore } from '../dist/searching/search.js';
import { WEIGHTS } from '../dist/searching/weights.js';

const TABLE = fileURLToPath(new URL('../src/searching/weights.ts', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared/data', import.meta.url));
const GRID = [0, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5];
const FOLDS = 5;
// A larger weight must answer better by this much, about half a question in a hundred.
const CLEARLY = 0.004;
const FIELDS = ['summary', 'lyrics'];
const SOURCES = ['static', 'encoder', 'wording'];

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: SHARED },
    model: { type: 'string', default: existsSync(bundledFolder('lyrec-encoder')) ? 'lyrec-encoder' : 'lyrec-static' },
    index: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
if (!existsSync(join(values.data, 'requests-dev.jsonl'))) {
  console.error(`There are no questions in ${values.data}: name a folder with --data (see bench/fit-weights.js).`);
  process.exit(2);
}
const place = mkdtempSync(join(tmpdir(), 'lyrec-fit-'));
try {
  const folder = values.index ?? join(place, 'index');
  const progress = await openProgress({ quiet: false });
  await buildIndex({
    input: join(values.data, 'songs-with-summaries.csv'),
    folder,
    model: { model: values.model },
    onProgress: (step) => progress.show(step),
  });
  const asked = await judgeAll(folder, progress);
  progress.stop();
  const fitted = {};
  for (const [kind, fields, questions, floor] of [
    ['description', FIELDS, asked.descriptions, {}],
    ['description without summaries', ['lyrics'], asked.descriptions, {}],
    // Vectors keep a say, or the songs after the right one would be chosen by their letters alone.
    ['excerpt', ['lyrics'], asked.excerpts, { 'lyrics static': 0.1 }],
  ]) {
    fitted[kind] = {};
    for (const models of ['static', 'static and encoder']) {
      if (models === 'static and encoder' && !asked.encoder) {
        fitted[kind][models] = WEIGHTS[kind][models];
        continue;
      }
      const names = fields
        .flatMap((field) => SOURCES.map((source) => `${field} ${source}`))
        .filter((name) => models !== 'static' || !name.endsWith('encoder'));
      const weights = bestWeights(questions, names, floor);
      fitted[kind][models] = asTable(weights);
      report(`${kind}, ${models}`, { questions, names, floor }, weights, asWeights(WEIGHTS[kind][models]));
    }
  }
  if (values.write) write(fitted);
  else console.log(JSON.stringify(fitted, null, 2));
} finally {
  rmSync(place, { recursive: true });
}

/** What every signal says about every song, as z-scores, for all questions. */
async function judgeAll(folder, progress) {
  const manifest = readManifest(folder);
  const catalog = Catalog.read(join(folder, CATALOG_FILE));
  const store = new LocalStore(folder, manifest, catalog, 'exact');
  const embedders = await Promise.all(manifest.embedders.map(({ choice }) => openEmbedder(choice)));
  const ids = [...store.column({ own: 'title' }).keys()];
  const judged = async ({ song_id, request, lyrics }) => {
    const text = request ?? lyrics;
    const signals = {};
    const add = (name, judge) => {
      // A question whose wording nobody shares has no such signal; neither has the search then.
      signals[name] = Float32Array.from(ids, (id) => (judge ? (judge.of(id) - judge.mean) / judge.spread : 0));
    };
    for (const field of FIELDS) {
      for (const embedder of embedders) {
        const vector = await embedder.embedQuery(text, request ? 'description' : 'lyrics');
        add(`${field} ${embedder.kind}`, store.byVector({ field, model: embedder.id }, vector));
      }
      add(`${field} wording`, store.byWording(field, text));
    }
    return { right: ids.indexOf(song_id), signals };
  };
  const all = async (file) => {
    const out = [];
    const lines = readFileSync(join(values.data, file), 'utf8').split('\n').filter(Boolean);
    for (const line of lines) {
      out.push(await judged(JSON.parse(line)));
      progress.show({ stage: 'asking', name: file, unit: 'questions', done: out.length, total: lines.length });
    }
    return out;
  };
  const descriptions = await all('requests-dev.jsonl');
  const excerpts = [...(await all('excerpts-dev.jsonl')), ...(await all('excerpts-noisy-dev.jsonl'))];
  store.close();
  catalog.close();
  for (const embedder of embedders) await embedder.close();
  return { descriptions, excerpts, encoder: embedders.some(({ kind }) => kind === 'encoder') };
}

/** Coarse weights, one at a time until none gets better, from the best single signal and what each has at least. */
function bestWeights(questions, names, floor) {
  const goal = (weights) => {
    const { mrr, at10 } = measure(questions, weights);
    return (mrr + at10) / 2;
  };
  const alone = names.map((name) => ({ name, worth: goal({ [name]: 1 }) }));
  const main = alone.reduce((a, b) => (b.worth > a.worth ? b : a)).name;
  let weights = { ...floor, [main]: 1 };
  let best = goal(weights);
  for (let better = true; better; ) {
    better = false;
    for (const name of names.filter((name) => name !== main)) {
      const allowed = GRID.filter((weight) => weight >= (floor[name] ?? 0));
      const tried = allowed.map((weight) => ({ weight, worth: goal({ ...weights, [name]: weight }) }));
      const top = Math.max(...tried.map(({ worth }) => worth));
      if (top < best + CLEARLY) continue;
      const { weight, worth } = tried.find(({ worth }) => worth >= top - CLEARLY / 2);
      if (weight === (weights[name] ?? 0)) continue;
      weights = { ...weights, [name]: weight };
      best = worth;
      better = true;
    }
  }
  return weights;
}

function measure(questions, weights) {
  const used = Object.entries(weights).filter(([, weight]) => weight > 0);
  let mrr = 0;
  let at1 = 0;
  let at10 = 0;
  for (const { right, signals } of questions) {
    const parts = used.map(([name, weight]) => [signals[name], weight]);
    const score = (song) => parts.reduce((sum, [values, weight]) => sum + weight * values[song], 0);
    const own = score(right);
    let rank = 1;
    for (let song = 0; song < parts[0][0].length; song++) if (score(song) > own) rank++;
    mrr += 1 / rank;
    if (rank === 1) at1++;
    if (rank <= 10) at10++;
  }
  return { mrr: mrr / questions.length, at1: at1 / questions.length, at10: at10 / questions.length };
}

function report(name, { questions, names, floor }, weights, before) {
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const inFold = (_, i) => i % FOLDS === fold;
    const rest = bestWeights(
      questions.filter((question, i) => !inFold(question, i)),
      names,
      floor,
    );
    const held = questions.filter(inFold);
    return { ...measure(held, rest), share: held.length / questions.length };
  });
  const mean = (key) => folds.reduce((sum, fold) => sum + fold[key] * fold.share, 0);
  console.log(`${name}: ${JSON.stringify(weights)}`);
  const line = (label, { at1, at10, mrr }) =>
    console.log(`  ${label.padEnd(14)} R@1 ${at1.toFixed(3)}  R@10 ${at10.toFixed(3)}  MRR ${mrr.toFixed(3)}`);
  line('held out', { at1: mean('at1'), at10: mean('at10'), mrr: mean('mrr') });
  line('all', measure(questions, weights));
  line('table so far', measure(questions, before));
}

function asTable(weights) {
  const of = (field) => Object.fromEntries(SOURCES.map((source) => [source, weights[`${field} ${source}`] ?? 0]));
  return { summary: of('summary'), lyrics: of('lyrics') };
}

function asWeights(table) {
  return Object.fromEntries(
    FIELDS.flatMap((field) => SOURCES.map((source) => [`${field} ${source}`, table[field][source]])),
  );
}

/** Replaces the fitted rows of weights.ts. */
function write(fitted) {
  const source = readFileSync(TABLE, 'utf8');
  const start = source.indexOf('const FITTED = ');
  const end = source.indexOf('} satisfies', start);
  const row = (weights) =>
    `{ ${Object.entries(weights)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')} }`;
  const key = (name) => (/^\w+$/.test(name) ? name : `'${name}'`);
  const kinds = Object.entries(fitted).map(([kind, byModels]) => {
    const rows = Object.entries(byModels).map(
      ([models, { summary, lyrics }]) =>
        `    ${key(models)}: {\n      summary: ${row(summary)},\n      lyrics: ${row(lyrics)},\n    },\n`,
    );
    return `  ${key(kind)}: {\n${rows.join('')}  },\n`;
  });
  writeFileSync(TABLE, `${source.slice(0, start)}const FITTED = {\n${kinds.join('')}${source.slice(end)}`);
  console.log(`Written to ${TABLE}.`);
}
