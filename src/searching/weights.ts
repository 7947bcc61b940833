/**
 * How much each model counts in the answer to each kind of question; only ratios matter, and only where an index has more
 * than one model.
 * @module
 */
import type { Embedder, QueryKind } from '../embedding/embedder.js';

// Descriptions: the encoder reads word order and finds more, the static table errs elsewhere. Lyrics: the words
// themselves count, and those the table keeps better.
export const WEIGHTS: Readonly<Record<QueryKind, Readonly<Record<Embedder['kind'], number>>>> = {
  description: { encoder: 1, static: 0.5 },
  lyrics: { encoder: 0.5, static: 1 },
};
