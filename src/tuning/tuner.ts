/**
 * Teaching the static model what is said about songs: from descriptions of some, so that all are found better.
 *
 *     songs + descriptions ─► bags of pieces ─► a few songs held out
 *                                           └─► runs that differ in seed, pass by pass ─► mean of their tables
 *                                                 after each pass: do held-out descriptions find their songs? keep the best
 *     ─► model folder + tuning.json
 *
 * @module
 */
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_MODEL } from '../embedding/embedder.js';
import { holdsEncoder, locateModel } from '../embedding/locate-model.js';
import { type Pooling, readStaticModel, type StaticModel } from '../embedding/static/static-model.js';
import { writeStaticModel } from '../embedding/static/write-model.js';
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { seededRandom, shuffled } from '../random.js';
import type { Song } from '../song.js';
import { HeldOut, type HeldOutScore } from './held-out.js';
import { LANES } from './kernel.js';
import { modelCard } from './model-card.js';
import type { DescribedSong } from './pairs.js';
import { RECIPE, type Recipe } from './recipe.js';
import { startTable } from './start-table.js';
import { type ReadingProgress, readWithTeacher } from './teacher.js';
import { TrainingRuns } from './training-runs.js';
import { bagOfLyrics, bagsOf, trainingSetOf } from './training-set.js';

export { type Collection, readCollection } from './collection.js';
export type { HeldOutScore } from './held-out.js';
export { type DescribedSong, type Pairs, readPairs, summariesOf, type UnknownSong } from './pairs.js';
export type { ReadingProgress } from './teacher.js';

/** How to tune. */
export interface TuneOptions {
  /** What to learn from. */
  readonly described: readonly DescribedSong[];
  /** The whole collection: what held-out songs are looked for among, and where word frequencies come from. */
  readonly songs: readonly Song[];
  /** The model to start from: a name or a folder in Model2Vec's layout; `lyrec-static` unless given. */
  readonly model?: string;
  /** An encoder whose view of the songs is most of what is learned (`RECIPE.teacherShare`); none unless given. As for `openEmbedder`. */
  readonly teacher?: string;
  /** The folder to write. */
  readonly out: string;
  /** How many songs are held out, at least 1; a tenth, at least 10 and at most 500, unless given. */
  readonly heldOut?: number;
  /** How many runs are averaged; 4 unless given. */
  readonly runs?: number;
  /** How often every song is seen, unless held-out songs say that it is enough; see `RECIPE`. */
  readonly passes?: number;
  readonly seed?: number;
  readonly onProgress?: (progress: TuneProgress) => void;
  /** Called while the teacher reads. */
  readonly onReading?: (progress: ReadingProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far tuning has come. */
export interface TuneProgress {
  /** 0 before the first pass. */
  readonly pass: number;
  readonly passes: number;
  /** Mean loss of a pair of texts; null before the first pass. */
  readonly loss: number | null;
  readonly score: HeldOutScore;
  /** Whether this is the best so far. */
  readonly best: boolean;
}

/** What tuning did; the contents of `tuning.json`. */
export interface TuneReport {
  readonly start: string;
  readonly teacher: string | null;
  readonly songs: number;
  readonly descriptions: number;
  /** Descriptions in a language that the model does not read. */
  readonly unreadable: number;
  readonly held_out: { readonly songs: number; readonly among: number };
  readonly recipe: Recipe;
  readonly runs: number;
  readonly seed: number;
  readonly passes: readonly { readonly loss: number; readonly score: HeldOutScore }[];
  /** The pass whose tables were kept; 0 where training made nothing better. */
  readonly kept: number;
  readonly before: HeldOutScore;
  readonly after: HeldOutScore;
  readonly interrupted: boolean;
  readonly seconds: number;
}

/** Fewer described songs than this teach nothing that holds for others. */
export const LEAST_SONGS = 40;

const RUNS = 4;
const SEED = 1;
// Held-out recall wavers by a hundredth from pass to pass, and the last passes, at small steps, add what they add slowly.
const PATIENCE = 5;
// More songs to look among would cost time and change no comparison.
const MOST_AMONG = 5000;

/** How songs are read: a line said again adds nothing, a word said again little. */
const POOLING: Pooling = { termCounts: '1 + ln(n) / 2', repeatedLines: 'once' };

/** The best that training has come to. */
interface Best {
  readonly table: Float32Array;
  readonly score: HeldOutScore;
  readonly pass: number;
}

/**
 * Trains a model and writes it, with `tuning.json`, to a folder of its own. The same input, options and seed give the
 * same model on any number of cores. When interrupted it writes the best so far.
 *
 * @throws LyrecError `too-few-pairs`, `model-missing`, `model-damaged`, `bad-argument`;
 *   `interrupted` where no pass was finished.
 */
export async function tuneModel(options: TuneOptions): Promise<TuneReport> {
  const { described, songs, out, runs = RUNS, seed = SEED, signal } = options;
  const started = performance.now();
  const { model, name } = openStart(options.model ?? DEFAULT_MODEL);
  const recipe: Recipe = { ...RECIPE, ...(options.passes !== undefined && { passes: options.passes }) };
  let unreadable = 0;
  const readable = described.flatMap((one) => bagsOf(model, one, () => unreadable++) ?? []);
  const held = options.heldOut ?? Math.min(500, Math.max(10, Math.floor(readable.length / 10)));
  checkEnough(readable.length, held, unreadable);
  // Now, not when all the work is done.
  makeModelFolder(out);
  const mixed = shuffled(readable, seededRandom(seed));
  const training = mixed.slice(held);
  const asked = new Set(mixed.slice(0, held).map(({ song }) => song));
  const others = songs.filter((song) => !asked.has(song)).slice(0, MOST_AMONG);
  const among = others.map(({ lyrics }) => bagOfLyrics(model, lyrics));
  const heldOut = new HeldOut(mixed.slice(0, held), among, model.dimensions);

  const start = startTable(model, songs);
  const before = heldOut.score(start);
  const taught =
    options.teacher === undefined
      ? null
      : await readWithTeacher(options.teacher, training, { onProgress: options.onReading, signal });
  const running = new TrainingRuns(trainingSetOf(model, training, taught), start, recipe, { runs, seed });
  const { best, passes } = await train(running, heldOut, { table: start, score: before, pass: 0 }, recipe, options);
  if (passes.length === 0) throwIfInterrupted(signal);
  const report: TuneReport = {
    start: name,
    teacher: options.teacher ?? null,
    songs: training.length,
    descriptions: training.reduce((sum, { descriptions }) => sum + descriptions.length, 0),
    unreadable,
    held_out: heldOut.size,
    recipe,
    runs,
    seed,
    passes,
    kept: best.pass,
    before,
    after: best.score,
    interrupted: signal?.aborted ?? false,
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
  const { table } = best;
  writeStaticModel(out, { table, dimensions: model.dimensions, pooling: POOLING, tokenizer: model.folder });
  writeFileSync(join(out, 'tuning.json'), `${JSON.stringify(report, null, 2)}\n`);
  // Somebody may have written a better card.
  if (!existsSync(join(out, 'README.md'))) writeFileSync(join(out, 'README.md'), modelCard(out, report));
  return report;
}

/** Trains until all passes are done, held-out songs are found no better, or somebody interrupts. */
async function train(
  running: TrainingRuns,
  heldOut: HeldOut,
  start: Best,
  { passes: most }: Recipe,
  { onProgress, signal }: TuneOptions,
): Promise<{ best: Best; passes: TuneReport['passes'] }> {
  let best = start;
  const passes: { loss: number; score: HeldOutScore }[] = [];
  onProgress?.({ pass: 0, passes: most, loss: null, score: start.score, best: true });
  try {
    while (passes.length < most && passes.length - best.pass < PATIENCE) {
      const loss = await running.trainPass(signal);
      if (loss === null) break;
      const table = await running.meanTable();
      const score = heldOut.score(table);
      passes.push({ loss, score });
      const isBest = score.MRR > best.score.MRR;
      if (isBest) best = { table: Float32Array.from(table), score, pass: passes.length };
      onProgress?.({ pass: passes.length, passes: most, loss, score, best: isBest });
    }
  } finally {
    await running.close();
  }
  return { best, passes };
}

function openStart(name: string): { model: StaticModel; name: string } {
  const { folder } = locateModel(name);
  if (existsSync(folder) && holdsEncoder(folder)) {
    throw new LyrecError('bad-argument', `${name} is an encoder; lyrec tune trains tables of piece vectors.`, {
      hint: 'Start from lyrec-static, or from a folder in the layout of Model2Vec.',
    });
  }
  const model = { ...readStaticModel(folder), pooling: POOLING };
  if (model.dimensions % LANES === 0) return { model, name };
  throw new LyrecError('bad-argument', `The model ${name} has ${model.dimensions} numbers a piece.`, {
    hint: `Start from a model whose vectors have a multiple of ${LANES} numbers.`,
  });
}

function makeModelFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new LyrecError('bad-argument', `${folder} cannot be used as a model folder.`, {
      hint: 'Name a folder that can be written with --out.',
      cause,
    });
  }
}

function checkEnough(songs: number, heldOut: number, unreadable: number): void {
  if (songs - heldOut >= LEAST_SONGS && heldOut >= 1) return;
  const left = unreadable > 0 ? `, ${unreadable} descriptions in no language it reads left out` : '';
  throw new LyrecError('too-few-pairs', `There are ${songs} described songs to learn from${left}; that is too few.`, {
    hint: `Describe at least ${LEAST_SONGS} songs besides the ${heldOut} held out; some hundreds make a difference.`,
  });
}
