/**
 * What a build is told, tells on the way, and reports.
 * @module
 */
import type { ModelChoice } from '../embedding/embedder.js';
import type { Manifest } from '../index-folder/index-folder.js';
import type { ColumnNames } from '../reading/song-reader.js';
import type { Field } from '../song.js';
import type { SummarizingOptions, SummarizingProgress, SummarizingReport } from './summarize-songs.js';

/** `.npy` files, by what their vectors are of. */
export type VectorFiles = Readonly<Partial<Record<Field, string>>>;

/** What a build is doing, for whoever shows it. */
export interface BuildProgress {
  readonly stage: 'downloading' | 'reading' | 'summarizing' | 'importing' | 'embedding' | 'indexing';
  readonly field?: Field;
  /** The model at work, where one is. */
  readonly model?: string;
  readonly done: number;
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: 'songs' | 'bytes' | 'vectors' | 'texts';
  /** What a language model has taken, and how often it failed. */
  readonly summarizing?: Pick<SummarizingProgress, 'failed' | 'tokens'>;
}

/** How to build. */
export interface BuildOptions {
  /** The collection: a CSV, or `-` for standard input. */
  readonly input: string;
  /** The index folder; made if it is not there. */
  readonly folder: string;
  readonly model?: ModelChoice;
  /** Vectors that `model` made before, a row of the CSV each. */
  readonly vectors?: VectorFiles;
  readonly columns?: ColumnNames;
  /**
   * Who is to write the summaries that the collection lacks. Without anybody, songs keep the summaries that were ever written
   * for them, those of the index's last writer before others'.
   */
  readonly summarizing?: SummarizingOptions;
  /** A file of summaries, such as `lyrec export` writes; they count like a column of the collection. */
  readonly summaries?: string;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a build did. */
export interface BuildReport {
  readonly manifest: Manifest;
  /** Whether the index was already made of exactly this. */
  readonly upToDate: boolean;
  /** Texts embedded now; the others' vectors were there. */
  readonly embedded: number;
  /** What the language model did; null where none was asked. */
  readonly summarizing: SummarizingReport | null;
  /** Summaries read from a file, and how many of them belong to no song; null where there was no file. */
  readonly imported: { readonly read: number; readonly unused: number } | null;
  readonly seconds: number;
  /** Bytes of the index folder. */
  readonly bytes: number;
}
