/**
 * What an embedder is and does.
 * @module
 */
import type { DownloadOptions } from '../hub/hub.js';
import type { Field } from '../song.js';
import type { EncoderPooling } from './pooling.js';

/** What a question's text is: a piece of lyrics, or words about a song. */
export type QueryKind = 'lyrics' | 'description';

/** What may be wanted of a long embedding. */
export interface EmbedOptions {
  /** Called with each vector as soon as it is made, in any order; `at` is the place of its text. */
  readonly onVector?: (at: number, vector: Float32Array) => void;
  readonly signal?: AbortSignal;
}

/**
 * Which model to open, and what is not to be taken from the model's own files. An opened embedder gives back the choice
 * it was opened with, complete: an index keeps it and asks its questions with exactly that.
 */
export interface ModelChoice {
  /** A name, a folder, or the address of an embeddings server. */
  readonly model: string;
  /** What a server calls the model. */
  readonly modelName?: string;
  /** Put before the text of a question. */
  readonly queryPrompt?: string;
  /** Put before lyrics and summaries. */
  readonly passagePrompt?: string;
  readonly pooling?: EncoderPooling;
  /** The precision of the weights: `fp32`, `q8`, … */
  readonly dtype?: string;
  /** How many numbers a vector has; found out by asking the model unless given. */
  readonly dimensions?: number;
  /** The checksum of vectors that came ready-made: the model itself is opened when a text has none. */
  readonly imported?: string;
}

/**
 * Places texts in a space where songs lie near what is said about them.
 *
 * Every vector is a unit-length Float32Array of `dimensions` numbers (all zeros for a text without a known word),
 * and depends on its text alone, never on the texts embedded along with it.
 */
export interface Embedder {
  /** A table costs nothing and every index has one; an encoder reads more and stands beside it. */
  readonly kind: 'static' | 'encoder';
  /** Changes whenever the vectors would: vectors are stored under it. */
  readonly id: string;
  /** The name a user knows the model by. */
  readonly name: string;
  /** What `openEmbedder` needs to open the same model again. */
  readonly choice: ModelChoice;
  readonly dimensions: number;
  embedDocuments(texts: readonly string[], field: Field, options?: EmbedOptions): Promise<Float32Array[]>;
  embedQuery(text: string, kind: QueryKind): Promise<Float32Array>;
  /** Ends what the model runs on. */
  close(): Promise<void>;
}

/** How to open a model. */
export interface OpenModelOptions {
  /** Given where a model of the hub may be fetched. */
  readonly download?: DownloadOptions | undefined;
}
