/**
 * One run of contrastive training: a song's lyrics are to lie nearer to its own descriptions than to the others' of the
 * batch, and the other way round; where there is a teacher, as near as the teacher finds them.
 *
 *     pieces of a text ─► rows of the table, times weight and count, summed ─► unit vector
 *     vectors of two sides ─► all inner products / temperature ─► cross-entropy by row and by column
 *
 * Pieces are left out at random, so that no single word can carry a song.
 *
 * @module
 */
import { seededRandom, shuffled } from '../random.js';
import { contrast, type SoftTarget } from './contrast.js';
import { type Arithmetic, type Block, openKernel } from './kernel.js';
import type { Recipe } from './recipe.js';
import { type OwnBlock, type Side, TrainedTable, tableBlockSizes } from './trained-table.js';
import type { Bags, TrainingSet } from './training-set.js';

const WEIGHT_RATE = 10;

// Lyrics, an excerpt of them, and up to three descriptions of each song take part in a step.
const MOST_DESCRIPTIONS = 3;
const WHOLE = 0;
const PART = 1;
const TOLD = 2;

// Few songs are better seen in several small steps a pass than in one.
const LEAST_STEPS = 5;
const LEAST_BATCH = 64;

/** Some of the teacher's vectors. */
interface Reading {
  readonly vectors: Float32Array;
  readonly rows: Int32Array;
}

/** What a step works with besides the table. */
type StepBlocks = Readonly<Record<'vectors' | 'changes' | 'scores' | 'taughtA' | 'taughtB' | 'taught', Block>>;

/**
 * Runs that differ in their seed, to be trained in turn. They share what no run keeps from step to step: the first takes
 * twenty bytes a number of the table, each further one twelve.
 *
 * @param start the table to start from, each row times its weight, float32 [vocabulary, dimensions].
 */
export function openRuns(
  set: TrainingSet,
  start: Float32Array,
  recipe: Recipe,
  seeds: readonly number[],
): TrainingRun[] {
  const { described, dimensions, vocabulary, lyrics, descriptions, teacher } = set;
  const songs = lyrics.length;
  const batch = Math.min(recipe.batch, songs, Math.max(LEAST_BATCH, Math.floor(songs / LEAST_STEPS))) & ~3;
  const most = described.reduce((most, end, song) => Math.max(most, end - (described[song - 1] ?? 0)), 1);
  const slots = Math.min(most, MOST_DESCRIPTIONS);
  const pieces = batch * (2 * longest(lyrics) + slots * longest(descriptions));
  const sizes = { vocabulary, dimensions, batch, sides: TOLD + slots, pieces };
  const { own, shared } = tableBlockSizes(sizes);
  const names = Object.keys(own) as OwnBlock[];
  const taught = batch * (teacher?.dimensions ?? 0);
  const { arithmetic, blocks } = openKernel({
    ...shared,
    scores: batch * batch,
    taughtA: taught,
    taughtB: taught,
    taught: teacher ? batch * batch : 0,
    ...Object.fromEntries(seeds.flatMap((seed) => names.map((name) => [`${name} of ${seed}`, own[name]]))),
  });
  return seeds.map((seed) => {
    const theirs = names.map((name) => [name, (blocks as Record<string, Block>)[`${name} of ${seed}`]!]);
    const table = { ...blocks, ...(Object.fromEntries(theirs) as Record<OwnBlock, Block>) };
    return new TrainingRun(set, recipe, seed, {
      arithmetic,
      blocks,
      table: new TrainedTable(arithmetic, table, sizes, start),
      sizes: { batch, slots },
    });
  });
}

/** A model in training; see `openRuns`. */
export class TrainingRun {
  readonly #set: TrainingSet;
  readonly #recipe: Recipe;
  readonly #batch: number;
  /** How many descriptions of each song take part in a step. */
  readonly #slots: number;
  readonly #random: () => number;
  readonly #arithmetic: Arithmetic;
  readonly #blocks: StepBlocks;
  readonly #table: TrainedTable;
  readonly #songs: readonly number[];
  readonly #steps: number;
  #step = 0;

  constructor(
    set: TrainingSet,
    recipe: Recipe,
    seed: number,
    on: {
      readonly arithmetic: Arithmetic;
      readonly blocks: StepBlocks;
      readonly table: TrainedTable;
      readonly sizes: { readonly batch: number; readonly slots: number };
    },
  ) {
    this.#set = set;
    this.#recipe = recipe;
    this.#batch = on.sizes.batch;
    this.#slots = on.sizes.slots;
    this.#arithmetic = on.arithmetic;
    this.#blocks = on.blocks;
    this.#table = on.table;
    this.#random = seededRandom(seed);
    this.#songs = Array.from({ length: set.lyrics.length }, (_, song) => song);
    this.#steps = recipe.passes * Math.floor(set.lyrics.length / this.#batch);
  }

  /** Shows every song once; returns the mean loss of a pair of texts. */
  trainPass(): number {
    const order = shuffled(this.#songs, this.#random);
    let loss = 0;
    let steps = 0;
    for (let at = 0; at + this.#batch <= order.length; at += this.#batch) {
      loss += this.#train(Int32Array.from(order.slice(at, at + this.#batch)));
      steps++;
    }
    return loss / steps;
  }

  /** Adds the table as it stands, each row times its weight, to `sum`. */
  addTable(sum: Float32Array): void {
    this.#table.addTo(sum);
  }

  #train(songs: Int32Array): number {
    const { lyricsDropped, descriptionDropped, excerpt, rate, turnRate, temperature } = this.#recipe;
    const { lyrics, descriptions, dimensions } = this.#set;
    const [arithmetic, blocks] = [this.#arithmetic, this.#blocks];
    blocks.changes.floats.fill(0);
    const sides: Side[] = [];
    const pool = (bags: Bags, texts: Int32Array, dropped: number) => {
      const at = sides.at(-1)?.starts.at(-1) ?? 0;
      sides.push(this.#table.pool(bags, texts, { place: sides.length, at, dropped }, this.#random));
    };
    pool(lyrics, songs, lyricsDropped);
    pool(lyrics, songs, 1 - excerpt);
    const told = Array.from({ length: this.#slots }, (_, slot) => this.#describing(songs, slot));
    for (const texts of told) pool(descriptions, texts, descriptionDropped);

    const { teacher } = this.#set;
    const read: Reading | null = teacher && { vectors: teacher.lyrics, rows: songs };
    const heard = told.map((rows): Reading | null => teacher && { vectors: teacher.descriptions, rows });
    const pairs: { sides: readonly [number, number]; soft: () => SoftTarget | null }[] = [
      { sides: [WHOLE, PART], soft: () => null },
      ...heard.map((one, slot) => ({
        sides: [WHOLE, TOLD + slot] as const,
        soft: () => this.#teach(read, one),
      })),
    ];
    // A request must also find the summary, the longest thing said about a song.
    if (told.length > 1) pairs.push({ sides: [TOLD, TOLD + 1], soft: () => this.#teach(heard[0]!, heard[1]!) });
    const sizes = { batch: this.#batch, dimensions, temperature };
    let loss = 0;
    for (const pair of pairs) loss += contrast(arithmetic, blocks, pair.sides, sizes, pair.soft());
    for (const side of sides) this.#table.back(side);

    // The rates fall to nothing along half a cosine.
    const falling = (1 + Math.cos((Math.PI * this.#step) / this.#steps)) / 2;
    this.#step++;
    this.#table.move({ table: rate * falling, turn: turnRate * falling, weights: WEIGHT_RATE * rate * falling });
    return loss / pairs.length;
  }

  /** For every song one of its descriptions: the longest in slot 0, another in each further slot while there are more. */
  #describing(songs: Int32Array, slot: number): Int32Array {
    const { described } = this.#set;
    return songs.map((song) => {
      const first = described[song]!;
      const count = described[song + 1]! - first;
      if (count <= MOST_DESCRIPTIONS) return first + (slot < count ? slot : Math.floor(this.#random() * count));
      return slot === 0 ? first : first + 1 + Math.floor(this.#random() * (count - 1));
    });
  }

  /** How alike the teacher finds the texts of two sides. */
  #teach(a: Reading | null, b: Reading | null): SoftTarget | null {
    const { teacher } = this.#set;
    if (!teacher || !a || !b) return null;
    const [arithmetic, blocks] = [this.#arithmetic, this.#blocks];
    const { dimensions } = teacher;
    const copy = ({ vectors, rows }: Reading, to: Float32Array) =>
      rows.forEach((row, i) => {
        to.set(vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
      });
    const { taughtA, taughtB, taught } = blocks;
    copy(a, taughtA.floats);
    copy(b, taughtB.floats);
    const n = this.#batch;
    arithmetic.products(taughtA.address, taughtB.address, taught.address, n, n, dimensions);
    const { teacherShare: share, teacherTemperature: temperature } = this.#recipe;
    return { cosines: taught.floats, temperature, share };
  }
}

function longest(bags: Bags): number {
  let most = 0;
  for (let t = 0; t < bags.length; t++) most = Math.max(most, bags.starts[t + 1]! - bags.starts[t]!);
  return most;
}
