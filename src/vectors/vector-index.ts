/**
 * Nearest neighbours among unit vectors: the two things that find them.
 *
 * | | file | opened in | answers in | |
 * |---|---|---|---|---|
 * | exact | `.codes`, a byte a number | milliseconds | time that grows with the collection | one question a process |
 * | hnsw | `.hnsw`, four bytes a number and a graph | tenths of a second | a millisecond at any size | many questions |
 *
 * @module
 */

export { ExactIndex, placesOf, type Scan } from './exact-index.js';
export { HnswIndex, hnswAvailable } from './hnsw-index.js';
export { byScore, dot, type Neighbour } from './neighbour.js';
export { topPlaces } from './top-k.js';
export type { SearchOptions, VectorIndex } from './types.js';
