/**
 * Ready-made vectors: what a build needs to take them over.
 * @module
 */
export { normalize } from '../unit-vector.js';
export { choiceOfImported, type ImportedVectors } from './imported-embedder.js';
export { type NpyMatrix, openNpy } from './npy.js';
