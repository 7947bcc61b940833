/**
 * LyRec as a library: build index folders and ask them.
 *
 * @example
 * ```ts
 * import { buildIndex, LyRec } from 'lyrec';
 *
 * await buildIndex({ input: 'songs.csv', folder: 'indexes' });
 * const lyrec = await LyRec.open('indexes');
 * const { matches } = await lyrec.describe('rain on a city night');
 * ```
 * @module
 */
export { type BuildOptions, type BuildProgress, type BuildReport, buildIndex } from './building/builder.js';
export type { VectorFiles } from './building/import-vectors.js';
export type { EncoderPooling, ModelChoice } from './embedding/embedder.js';
export { type ErrorCode, LyrecError } from './errors.js';
export type { Manifest } from './index-folder/index-folder.js';
export {
  type Answer,
  type AskOptions,
  type BothOptions,
  type IndexInfo,
  type IndexWeights,
  type LikeOptions,
  LyRec,
  type OpenOptions,
  type Path,
  type PathOptions,
} from './lyrec.js';
export type { ColumnNames, SkippedRow, SkipReason } from './reading/song-reader.js';
export type { SearchMethod } from './searching/search.js';
export type { Field, MatchingLine, Query, ScorePart, Song, SongMatch } from './song.js';
