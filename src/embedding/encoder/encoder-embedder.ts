/**
 * A sentence encoder on this machine as an embedder.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LyrecError, throwIfInterrupted } from '../../errors.js';
import { weightsFile } from '../../hub/dtype.js';
import { lazily } from '../../lazily.js';
import type { Field } from '../../song.js';
import type { Embedder, EmbedOptions, ModelChoice } from '../types.js';
import { type EncoderModel, loadEncoderModel } from './encoder-model.js';
import { fingerprintOf } from './fingerprint.js';
import { type EncoderSettings, encoderSettings } from './settings.js';
import { WorkerPool, workerCount } from './worker-pool.js';

// Raise it when texts are prepared or cut in another way: older vectors are then made anew.
const PREPARATION = 1;

// Starting workers takes as long as embedding this many songs.
const FEW = 16;

/**
 * Opens a folder in the layout of @huggingface/transformers. The model itself is loaded when a text first needs it, at once
 * if its dimensions are not in the choice.
 *
 * @throws LyrecError `model-missing`, `model-damaged`, `runtime-missing` or `bad-argument`.
 */
export async function openEncoderEmbedder(folder: string, name: string, choice: ModelChoice): Promise<Embedder> {
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    if (existsSync(join(folder, file))) continue;
    throw new LyrecError('model-missing', `The model folder ${folder} has no ${file}.`, {
      hint: 'An encoder is a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx or another precision.',
    });
  }
  const settings = encoderSettings(folder, choice);
  const weights = weightsFile(settings.dtype);
  const bytes = statSync(join(folder, weights)).size;
  const id = idOf(fingerprintOf(folder, ['config.json', 'tokenizer.json', weights]), settings);

  const model = lazily(() => loadEncoderModel(folder, settings));
  let pool: WorkerPool | undefined;
  const dimensions = choice.dimensions ?? (await (await model.get()).embed('song', 'summary')).length;

  return {
    kind: 'encoder',
    id,
    name,
    choice: {
      model: choice.model,
      queryPrompt: settings.queryPrompt,
      passagePrompt: settings.passagePrompt,
      pooling: settings.pooling,
      dtype: settings.dtype,
      dimensions,
    },
    dimensions,
    async embedDocuments(texts, field, options) {
      const workers = workerCount(bytes);
      if (!pool && (texts.length <= FEW || workers === 1)) return embedInTurn(await model.get(), texts, field, options);
      pool ??= new WorkerPool({ folder, settings }, Math.min(workers, texts.length));
      try {
        return await pool.embed(texts, field, options);
      } catch (error) {
        pool = undefined;
        throw error;
      }
    },
    embedQuery: async (text, kind) => (await model.get()).embed(text, kind),
    async close() {
      await pool?.close();
      await (await model.made())?.dispose();
    },
  };
}

async function embedInTurn(
  model: EncoderModel,
  texts: readonly string[],
  field: Field,
  { onVector, signal }: EmbedOptions = {},
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const vector = await model.embed(text, field);
    onVector?.(vectors.length, vector);
    vectors.push(vector);
    // The graph runs on this thread: signals are heard only between texts.
    await new Promise(setImmediate);
    throwIfInterrupted(signal);
  }
  return vectors;
}

/** Everything that a stored vector depends on; the prompt of questions is not part of it. */
function idOf(fingerprint: string, { queryPrompt: _, ...settings }: EncoderSettings): string {
  const hash = createHash('sha256').update(JSON.stringify([PREPARATION, fingerprint, settings]));
  return `encoder:${hash.digest('hex').slice(0, 12)}`;
}
