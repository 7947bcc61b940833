/**
 * Turning text into vectors: the interface, and the choice of what stands behind it.
 * @module
 */
import type { Field } from '../song.js';
import { bundledFolder } from './bundled-models.js';
import type { EncoderPooling } from './pooling.js';
import { openStaticEmbedder } from './static/static-embedder.js';

export type { EncoderPooling } from './pooling.js';

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

/** How a model may be fetched that is not on this machine. */
export interface DownloadOptions {
  /** Called with the bytes fetched so far, and how many there are where that is known. */
  readonly onDownload?: ((progress: { model: string; done: number; total: number | null }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How to open a model. */
export interface OpenModelOptions {
  /** Given where a model of the hub may be fetched. */
  readonly download?: DownloadOptions | undefined;
}

/** The model that comes with LyRec and is in every index that does not name another static one. */
export const DEFAULT_MODEL = 'lyrec-static';

/**
 * The models of an index: the one chosen, and a static one beside an encoder. The two err differently, and together
 * answer better than either.
 *
 * @throws LyrecError as `openEmbedder` does.
 */
export async function openEmbedders(choice?: ModelChoice, download: DownloadOptions = {}): Promise<Embedder[]> {
  const chosen = await openEmbedder(choice, { download });
  return chosen.kind === 'static' ? [chosen] : [await openEmbedder(), chosen];
}

/**
 * Opens a model. Only what it needs is loaded: a question to the bundled table must not wait for what others need.
 *
 * @param choice its `model` is a name that comes with LyRec, a folder in Model2Vec's or @huggingface/transformers' layout, a name of
 *   the hub, or the address of an embeddings server.
 * @param options `download`: a model of the hub may be fetched; otherwise it must be on this machine.
 * @throws LyrecError `model-missing` if there is no such model, `model-damaged` if it cannot be read, `hub-unreachable`,
 *   `runtime-missing`, or a server's error.
 */
export async function openEmbedder(
  choice: ModelChoice = { model: DEFAULT_MODEL },
  options: OpenModelOptions = {},
): Promise<Embedder> {
  if (choice.model === DEFAULT_MODEL && Object.keys(choice).length === 1) {
    return openStaticEmbedder(bundledFolder(DEFAULT_MODEL), { name: DEFAULT_MODEL, choice });
  }
  const { openModel } = await import('./open-model.js');
  return openModel(choice, options);
}
