/**
 * A table of word-piece vectors in Model2Vec's file layout (https://github.com/MinishLab/model2vec):
 * `config.json`, `tokenizer.json`, `model.safetensors`.
 *
 *     "rain on my window" ─► pieces 4542 2006 2026 3332 ─► their rows, times weight and count, summed ─► unit length
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LyrecError } from '../../errors.js';
import { normalize } from '../unit-vector.js';
import { openTokenizer, type PieceTokenizer } from './piece-tokenizer.js';
import { type LazyTensor, openTensors, type Tensor } from './safetensors.js';

/** How much a piece counts that occurs n times in a text. */
export type TermCounts = 'n' | '1 + ln(n) / 2';

/** How a text of several lines is read: every line, or each line the first time it comes. */
export type RepeatedLines = 'all' | 'once';

/** How a text becomes a vector; published Model2Vec models count plainly and read every line. */
export interface Pooling {
  readonly termCounts: TermCounts;
  readonly repeatedLines: RepeatedLines;
}

/** A loaded model. */
export interface StaticModel {
  readonly folder: string;
  readonly tokenizer: PieceTokenizer;
  readonly dimensions: number;
  readonly pooling: Pooling;
  /** One row of `dimensions` numbers a piece, in the file's own type; zeros until `load` has read them. */
  readonly rows: Int8Array | Float32Array;
  /** Reads the rows of these pieces, or of all. What is read already costs nothing. */
  readonly load: (pieces?: Iterable<number>) => void;
  /** What each piece's row is multiplied by. */
  readonly weights: Float32Array;
  /** The row of each piece, where pieces share rows; else a piece's row is its number. */
  readonly rowOf: Int32Array | null;
  /** Changes with any part of the model. */
  readonly fingerprint: string;
}

interface ConfigFile {
  readonly lyrec?: { readonly term_counts?: string; readonly repeated_lines?: string };
}

/**
 * Reads a model folder whole, for work on all of its table.
 *
 * @throws LyrecError as `openStaticModel` does.
 */
export function readStaticModel(folder: string): StaticModel {
  const model = openStaticModel(folder);
  model.load();
  return model;
}

/**
 * Opens a model folder. An int8 table is left where it is until `load` is called: a question needs a dozen of its rows.
 *
 * @throws LyrecError `model-missing` if a file is absent, `model-damaged` if the parts do not fit together.
 */
export function openStaticModel(folder: string): StaticModel {
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) {
    if (existsSync(join(folder, name))) continue;
    throw new LyrecError('model-missing', `The model folder ${folder} has no ${name}.`, {
      hint: 'A static model is a folder with config.json, tokenizer.json and model.safetensors.',
    });
  }
  const damaged = (why: string) =>
    new LyrecError('model-damaged', `The model in ${folder} cannot be used: ${why}.`, {
      hint: 'Fetch or train it again.',
    });
  const configText = readFileSync(join(folder, 'config.json'), 'utf8');
  const pooling = readPooling(configText, damaged);
  const file = openTensors(join(folder, 'model.safetensors'));
  const lazy = file.lazyTensor('embeddings');
  const table = lazy ?? file.tensor('embeddings');
  const [count, dimensions] = table.shape;
  if (count === undefined || dimensions === undefined || table.shape.length !== 2 || count * dimensions === 0) {
    throw damaged(`its table has the shape [${table.shape.join(', ')}]`);
  }
  const rowOf = file.names.includes('mapping') ? Int32Array.from(file.tensor('mapping').data) : null;
  const known = rowOf?.length ?? count;
  if (rowOf?.some((row) => row < 0 || row >= count)) throw damaged('its mapping points outside its table');
  const weights = file.names.includes('weights') ? Float32Array.from(file.tensor('weights').data) : null;
  if (weights && weights.length !== known) throw damaged(`it has ${weights.length} weights for ${known} pieces`);
  if (weights?.some((weight) => !Number.isFinite(weight)) || hasNonNumber(table)) {
    throw damaged('it holds values that are not numbers');
  }
  const tokenizerFile = join(folder, 'tokenizer.json');
  return {
    folder,
    tokenizer: openTokenizer(tokenizerFile, known),
    dimensions,
    pooling,
    rows: table.data,
    load: lazy ? rowLoader(lazy, dimensions, rowOf) : () => {},
    weights: weights ?? new Float32Array(known).fill(1),
    rowOf,
    fingerprint: fingerprint(configText, statSync(tokenizerFile).size, lazy ?? table, weights),
  };
}

/** How much a piece that occurs `n` times counts. */
export function damp(n: number, termCounts: TermCounts): number {
  return termCounts === 'n' ? n : 1 + Math.log(n) / 2;
}

/** How often each piece occurs in a text. */
export function countPieces(pieces: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return counts;
}

/**
 * The unit vector of a bag of pieces; all zeros for an empty bag.
 *
 * @param counts piece → how often it occurs.
 */
export function poolPieces(model: StaticModel, counts: ReadonlyMap<number, number>): Float32Array {
  const { dimensions, rows, weights, rowOf, pooling } = model;
  const sum = new Float32Array(dimensions);
  for (const [piece, n] of counts) {
    const factor = damp(n, pooling.termCounts) * weights[piece]!;
    const start = (rowOf ? rowOf[piece]! : piece) * dimensions;
    for (let d = 0; d < dimensions; d++) sum[d]! += factor * rows[start + d]!;
  }
  return normalize(sum);
}

function readPooling(configText: string, damaged: (why: string) => LyrecError): Pooling {
  let config: ConfigFile;
  try {
    config = JSON.parse(configText) as ConfigFile;
  } catch {
    throw damaged('its config.json is not JSON');
  }
  const termCounts = config.lyrec?.term_counts ?? 'n';
  const repeatedLines = config.lyrec?.repeated_lines ?? 'all';
  if (termCounts !== 'n' && termCounts !== '1 + ln(n) / 2') throw damaged(`term_counts "${termCounts}" is not known`);
  if (repeatedLines !== 'all' && repeatedLines !== 'once') {
    throw damaged(`repeated_lines "${repeatedLines}" is not known`);
  }
  return { termCounts, repeatedLines };
}

function hasNonNumber(tensor: Tensor): boolean {
  return tensor.data instanceof Float32Array && tensor.data.some((value) => !Number.isFinite(value));
}

/**
 * A hash of the configuration, the size of the vocabulary in bytes, all weights and an even sample of the table. Training
 * moves every row and weight, so a sample tells two models apart; hashing everything would cost a question a fifth of its time.
 */
function fingerprint(
  config: string,
  vocabularyBytes: number,
  table: Tensor | LazyTensor,
  weights: Float32Array | null,
): string {
  const hash = createHash('sha256').update(`${config}\n${vocabularyBytes}\n${table.shape.join()}\n`);
  const { buffer, byteOffset, byteLength } = table.data;
  const block = 1024;
  const step = Math.max(block, Math.floor(byteLength / 128));
  const sample: [number, number][] = [];
  for (let at = 0; at < byteLength; at += step) sample.push([at, Math.min(at + block, byteLength)]);
  if ('load' in table) table.load(sample);
  for (const [from, to] of sample) hash.update(new Uint8Array(buffer, byteOffset + from, to - from));
  if (weights) hash.update(weights);
  return hash.digest('hex').slice(0, 12);
}

function rowLoader(table: LazyTensor, dimensions: number, rowOf: Int32Array | null): StaticModel['load'] {
  let all = false;
  return (pieces) => {
    if (all) return;
    all = pieces === undefined;
    const rows = pieces && [...pieces].map((piece) => (rowOf ? rowOf[piece]! : piece) * dimensions);
    table.load(rows?.map((start) => [start, start + dimensions] as const) ?? [[0, table.data.length]]);
  };
}
