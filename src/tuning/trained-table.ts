/**
 * The table while it is trained, and the way from texts to vectors and back.
 *
 *     row of a piece = weight · (row it started with, turned + what it learned of its own)
 *
 * The turn is one matrix for all rows: what frequent pieces learn about the whole space also moves the rows of pieces that
 * training hardly ever sees.
 *
 * @module
 */
import { type Arithmetic, type Block, LANES } from './kernel.js';
import type { Bags } from './training-set.js';

const BETA1 = 0.9;
const BETA2 = 0.99;
const EPSILON = 1e-8;

/** What a table keeps from step to step. */
const OWN = [
  ...(['table', 'tableFirst', 'tableSecond'] as const),
  ...(['turn', 'turnFirst', 'turnSecond'] as const),
  ...(['weights', 'weightsFirst', 'weightsSecond'] as const),
];

/** What every step writes anew, or leaves at zero, so that tables that are trained in turn can share it. */
const SHARED = [
  ...(['base', 'tableGradient', 'turnGradient', 'weightsGradient'] as const),
  ...(['pieces', 'factors', 'factorGradients', 'sums', 'back', 'vectors', 'changes'] as const),
];

export type OwnBlock = (typeof OWN)[number];
export type SharedBlock = (typeof SHARED)[number];

/** The blocks of a kernel that a table works on. */
export type TableBlocks = Readonly<Record<OwnBlock | SharedBlock, Block>>;

/** How large a table is, and how much of it a step touches. */
export interface TableSizes {
  readonly vocabulary: number;
  readonly dimensions: number;
  /** Texts a side of a step has, a multiple of 4. */
  readonly batch: number;
  readonly sides: number;
  /** Pieces that all sides' texts have at most. */
  readonly pieces: number;
}

/** The texts of one side of a step, as they were pooled. */
export interface Side {
  /** Where in the blocks of pieces and factors each text starts. */
  readonly starts: Int32Array;
  /** Which of the sides it is: its vectors start at row `place * batch`. */
  readonly place: number;
}

/** How many numbers each block of a table needs. */
export function tableBlockSizes(sizes: TableSizes): {
  readonly own: Readonly<Record<OwnBlock, number>>;
  readonly shared: Readonly<Record<SharedBlock, number>>;
} {
  const { vocabulary, dimensions, batch, sides, pieces } = sizes;
  const size = (name: OwnBlock | SharedBlock): number => {
    if (name === 'base' || name.startsWith('table')) return vocabulary * dimensions;
    if (name.startsWith('turn')) return dimensions * dimensions;
    if (name.startsWith('weights')) return Math.ceil(vocabulary / LANES) * LANES;
    if (name === 'back') return batch * dimensions;
    return name === 'pieces' || name.startsWith('factor') ? pieces : sides * batch * dimensions;
  };
  const of = <Name extends OwnBlock | SharedBlock>(names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [name, size(name)])) as Record<Name, number>;
  return { own: of(OWN), shared: of(SHARED) };
}

/** A table in training, on blocks of the sizes above. */
export class TrainedTable {
  readonly #arithmetic: Arithmetic;
  readonly #blocks: TableBlocks;
  readonly #sizes: TableSizes;
  /** The lengths that texts' sums had before they were made unit vectors. */
  readonly #lengths: Float64Array;
  #steps = 0;

  /** @param start the table to start from, each row times its weight, float32 [vocabulary, dimensions]. */
  constructor(arithmetic: Arithmetic, blocks: TableBlocks, sizes: TableSizes, start: Float32Array) {
    this.#arithmetic = arithmetic;
    this.#blocks = blocks;
    this.#sizes = sizes;
    this.#lengths = new Float64Array(sizes.sides * sizes.batch);
    blocks.base.floats.set(start);
    for (let d = 0; d < sizes.dimensions; d++) blocks.turn.floats[d * sizes.dimensions + d] = 1;
  }

  /**
   * Makes the unit vectors of a side's texts.
   *
   * @param at where its pieces may be written; the next side's go to the last of the returned starts.
   * @param dropped the share of pieces that is left out.
   */
  pool(
    bags: Bags,
    texts: Int32Array,
    { place, at, dropped }: { place: number; at: number; dropped: number },
    random: () => number,
  ): Side {
    const starts = this.#choose(bags, texts, dropped, at, random);
    const { dimensions, batch } = this.#sizes;
    const { vectors, table, base, sums, turn } = this.#blocks;
    const first = 4 * place * batch * dimensions;
    for (let t = 0; t < batch; t++) {
      const bag = this.#bag(starts, t);
      const row = first + 4 * t * dimensions;
      this.#arithmetic.gather(...bag, base.address, sums.address + row, dimensions);
      this.#arithmetic.gather(...bag, table.address, vectors.address + row, dimensions);
    }
    this.#arithmetic.addWeighted(
      sums.address + first,
      4 * dimensions,
      4,
      turn.address,
      vectors.address + first,
      batch,
      dimensions,
      dimensions,
    );
    for (let t = 0; t < batch; t++) {
      const row = (place * batch + t) * dimensions;
      let squares = 0;
      for (let d = row; d < row + dimensions; d++) squares += vectors.floats[d]! ** 2;
      const length = Math.sqrt(squares) || 1;
      for (let d = row; d < row + dimensions; d++) vectors.floats[d]! /= length;
      this.#lengths[place * batch + t] = length;
    }
    return { starts, place };
  }

  /** From changes of a side's unit vectors to gradients of table, turn and weights. */
  back({ starts, place }: Side): void {
    const { dimensions, batch } = this.#sizes;
    const { vectors, changes, factorGradients, pieces, table, base, sums, turn, back } = this.#blocks;
    const { tableGradient, turnGradient, weightsGradient } = this.#blocks;
    const arithmetic = this.#arithmetic;
    const first = 4 * place * batch * dimensions;
    for (let t = 0; t < batch; t++) {
      const row = (place * batch + t) * dimensions;
      let along = 0;
      for (let d = row; d < row + dimensions; d++) along += changes.floats[d]! * vectors.floats[d]!;
      const length = this.#lengths[place * batch + t]!;
      for (let d = row; d < row + dimensions; d++) {
        changes.floats[d] = (changes.floats[d]! - along * vectors.floats[d]!) / length;
      }
    }
    arithmetic.products(changes.address + first, turn.address, back.address, batch, dimensions, dimensions);
    arithmetic.addWeighted(
      sums.address + first,
      4,
      4 * dimensions,
      changes.address + first,
      turnGradient.address,
      dimensions,
      batch,
      dimensions,
    );
    const end = starts.at(-1)!;
    factorGradients.floats.fill(0, starts[0]!, end);
    for (let t = 0; t < batch; t++) {
      const bag = this.#bag(starts, t);
      const out = factorGradients.address + 4 * starts[t]!;
      const change = changes.address + first + 4 * t * dimensions;
      arithmetic.scatter(...bag, tableGradient.address, change, dimensions);
      arithmetic.along(...bag, table.address, change, out, dimensions);
      arithmetic.along(...bag, base.address, back.address + 4 * t * dimensions, out, dimensions);
    }
    for (let k = starts[0]!; k < end; k++) weightsGradient.floats[pieces.ints[k]!]! += factorGradients.floats[k]!;
  }

  /** One step of Adam along the gradients, which are forgotten. */
  move(rates: Readonly<Record<'table' | 'turn' | 'weights', number>>): void {
    this.#steps++;
    const correction = Math.sqrt(1 - BETA2 ** this.#steps) / (1 - BETA1 ** this.#steps);
    for (const name of ['table', 'weights', 'turn'] as const) {
      this.#arithmetic.adam(
        this.#blocks[name].address,
        this.#blocks[`${name}First`].address,
        this.#blocks[`${name}Second`].address,
        this.#blocks[`${name}Gradient`].address,
        this.#blocks[name].floats.length,
        rates[name] * correction,
        BETA1,
        BETA2,
        EPSILON,
      );
    }
  }

  /** Adds the table as it stands, each row times its weight, to `sum`. */
  addTo(sum: Float32Array): void {
    const { vocabulary, dimensions, batch } = this.#sizes;
    const { base, turn, table, weights, back } = this.#blocks;
    for (let from = 0; from < vocabulary; from += batch) {
      const count = Math.min(batch, vocabulary - from);
      const at = from * dimensions;
      back.floats.set(table.floats.subarray(at, at + count * dimensions));
      // Rows go in pairs; what an odd last one is paired with is not used.
      this.#arithmetic.addWeighted(
        base.address + 4 * at,
        4 * dimensions,
        4,
        turn.address,
        back.address,
        (count + 1) & ~1,
        dimensions,
        dimensions,
      );
      for (let i = 0; i < count; i++) {
        const weight = Math.exp(weights.floats[from + i]!);
        const row = i * dimensions;
        for (let d = 0; d < dimensions; d++) sum[at + row + d]! += weight * back.floats[row + d]!;
      }
    }
  }

  /** Writes the texts' pieces that stay, and what they count, from place `at` on. */
  #choose(bags: Bags, texts: Int32Array, dropped: number, at: number, random: () => number): Int32Array {
    const { pieces, factors, weights } = this.#blocks;
    const starts = new Int32Array(texts.length + 1);
    starts[0] = at;
    texts.forEach((text, t) => {
      const from = bags.starts[text]!;
      const to = bags.starts[text + 1]!;
      const before = at;
      // A text that lost all its pieces keeps one.
      const kept = from + Math.floor(random() * (to - from));
      for (let k = from; k < to; k++) {
        if (random() < dropped && !(k === kept && at === before)) continue;
        const piece = bags.pieces[k]!;
        pieces.ints[at] = piece;
        factors.floats[at++] = bags.counts[k]! * Math.exp(weights.floats[piece]!);
      }
      starts[t + 1] = at;
    });
    return starts;
  }

  /** The addresses of a text's pieces and factors, and how many they are. */
  #bag(starts: Int32Array, t: number): [pieces: number, factors: number, count: number] {
    const { pieces, factors } = this.#blocks;
    return [pieces.address + 4 * starts[t]!, factors.address + 4 * starts[t]!, starts[t + 1]! - starts[t]!];
  }
}
