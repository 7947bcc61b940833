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
export {
  type BuildOptions,
  type BuildProgress,
  type BuildReport,
  buildIndex,
  type SummarizingOptions,
  type SummarizingReport,
  type VectorFiles,
} from './building/builder.js';
export { estimateSummaries, type SummaryEstimate } from './building/estimate.js';
export type { ChatChoice } from './chat/chat-model.js';
export type { EncoderPooling, ModelChoice } from './embedding/embedder.js';
export { type ErrorCode, LyrecError } from './errors.js';
export {
  type CaseKind,
  type CaseLine,
  compareEvaluations,
  type Estimate,
  type EvaluateOptions,
  type Evaluation,
  type EvaluationCase,
  evaluate,
  excerptCases,
  type KindResult,
  type Metrics,
  type Rank,
  type ResolvedCases,
  readCases,
  resolveCases,
  type SongReference,
  type UnknownSong,
} from './evaluating/evaluator.js';
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
export {
  type Collection,
  type DescribedSong,
  type HeldOutScore,
  type Pairs,
  readCollection,
  readPairs,
  summariesOf,
  type TuneOptions,
  type TuneProgress,
  type TuneReport,
  tuneModel,
} from './tuning/tuner.js';
