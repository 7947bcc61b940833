/**
 * Turning text into vectors: the interface, and the choice of what stands behind it.
 * @module
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LyrecError } from '../errors.js';
import type { Field } from '../song.js';
import { openStaticEmbedder } from './static/static-embedder.js';

/** What a question's text is: a piece of lyrics, or words about a song. */
export type QueryKind = 'lyrics' | 'description';

/** How far a long embedding has come. */
export interface EmbedOptions {
  /** Called with the number of texts done so far. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** How vectors are read off an encoder's output. */
export type EncoderPooling = 'mean' | 'cls' | 'last_token';

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

/** The model that comes with LyRec and is in every index that does not name another static one. */
export const DEFAULT_MODEL = 'lyrec-static';

const BUNDLED_MODELS = fileURLToPath(new URL('../../models/', import.meta.url));

/**
 * The models of an index: the one chosen, and a static one beside an encoder. The two err differently, and together
 * answer better than either.
 *
 * @throws LyrecError as `openEmbedder` does.
 */
export async function openEmbedders(choice?: ModelChoice): Promise<Embedder[]> {
  const chosen = await openEmbedder(choice);
  return chosen.kind === 'static' ? [chosen] : [await openEmbedder(), chosen];
}

/**
 * Opens a model.
 *
 * @param choice its `model` is `lyrec-static`, or a folder in Model2Vec's layout.
 * @throws LyrecError `model-missing` if there is no such model, `model-damaged` if it cannot be read.
 */
export async function openEmbedder({ model }: ModelChoice = { model: DEFAULT_MODEL }): Promise<Embedder> {
  if (model === DEFAULT_MODEL) {
    return openStaticEmbedder(join(BUNDLED_MODELS, model), { name: model, choice: { model } });
  }
  const folder = resolve(model);
  if (!existsSync(join(folder, 'config.json'))) {
    throw new LyrecError('model-missing', `There is no model in ${folder}.`, {
      hint: `Name the model that comes with LyRec (${DEFAULT_MODEL}) or a folder with config.json, tokenizer.json and model.safetensors.`,
    });
  }
  return openStaticEmbedder(folder, { name: model, choice: { model: folder } });
}
