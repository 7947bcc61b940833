/**
 * The table that training starts from.
 * @module
 */
import type { StaticModel } from '../embedding/static/static-model.js';
import type { Song } from '../song.js';

// Smooth inverse frequency (Arora, Liang and Ma, 2017): a piece counts a / (a + its share of all words).
const SMOOTHING = 0.001;

// Adam moves every number by about its rate. Rows of this length, on average, make that a few hundredths of a number.
const MEAN_LENGTH = 0.5;

// Where the most frequent pieces' rows are this long beside the others', nobody has weighed them yet.
const UNWEIGHED = 0.6;
const FREQUENT = 100;

/**
 * A model's rows times their weights, scaled to a common length; float32 [pieces, dimensions]. In a model that makes
 * nothing of how frequent a piece is, frequent pieces are made small.
 *
 * @param songs where the frequencies are taken from.
 */
export function startTable(model: StaticModel, songs: readonly Song[]): Float32Array {
  const { rows, rowOf, weights, dimensions } = model;
  const table = new Float32Array(weights.length * dimensions);
  const lengths = new Float64Array(weights.length);
  for (let piece = 0; piece < weights.length; piece++) {
    const from = (rowOf ? rowOf[piece]! : piece) * dimensions;
    let squares = 0;
    for (let d = 0; d < dimensions; d++) {
      const value = weights[piece]! * rows[from + d]!;
      table[piece * dimensions + d] = value;
      squares += value * value;
    }
    lengths[piece] = Math.sqrt(squares);
  }
  const shares = pieceShares(model, songs);
  const importance = isUnweighed(lengths, shares) ? shares.map((share) => SMOOTHING / (SMOOTHING + share)) : null;
  const factors = lengths.map((_, piece) => importance?.[piece] ?? 1);
  const squares = lengths.reduce((sum, length, piece) => sum + (length * factors[piece]!) ** 2, 0);
  const scale = MEAN_LENGTH / Math.sqrt(squares / lengths.length || 1);
  for (let i = 0; i < table.length; i++) table[i]! *= scale * factors[Math.floor(i / dimensions)]!;
  return table;
}

function isUnweighed(lengths: Float64Array, shares: Float64Array): boolean {
  const frequent = Array.from(shares, (_, piece) => piece)
    .sort((a, b) => shares[b]! - shares[a]!)
    .slice(0, FREQUENT);
  const mean = (all: Iterable<number>, count: number) => [...all].reduce((sum, length) => sum + length, 0) / count;
  const theirs = mean(
    frequent.map((piece) => lengths[piece]!),
    frequent.length,
  );
  return theirs > UNWEIGHED * mean(lengths, lengths.length);
}

/** What share of all pieces of the songs each piece is. */
function pieceShares(model: StaticModel, songs: readonly Song[]): Float64Array {
  const counts = new Float64Array(model.weights.length);
  let all = 0;
  for (const { lyrics } of songs) {
    for (const piece of model.tokenizer.pieces(lyrics)) {
      counts[piece]!++;
      all++;
    }
  }
  return counts.map((count) => count / all);
}
