/**
 * One loaded encoder: a text in, its vector out, one text at a time.
 *
 * An int8 graph scales its numbers by whatever else is in the batch, and a float graph gains little from a batch on a CPU; so
 * a vector here depends on its text alone, and cores are filled by running several of these (see `worker-pool.ts`).
 *
 * @module
 */
import { LyrecError } from '../../errors.js';
import { distinctLines } from '../../reading/lines.js';
import { normalize } from '../unit-vector.js';
import { piecesOf } from './pieces.js';
import { damagedModel, type EncoderSettings } from './settings.js';

/** As what a text is read: it decides the prompt, and lyrics may lose their repeated lines. */
export type Reading = 'lyrics' | 'summary' | 'description';

/** A model that is loaded. */
export interface EncoderModel {
  /** The unit vector of a text. */
  embed(text: string, reading: Reading): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** The parts of a tensor that are used here. */
interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
  readonly type: string;
  to(type: 'float32'): Tensor;
}

type Encoded = { readonly input_ids: Tensor };
type Outputs = Readonly<Record<string, Tensor | undefined>>;

/**
 * Loads a model folder into this process.
 *
 * @throws LyrecError `runtime-missing` without @huggingface/transformers, `model-damaged` if the folder cannot be loaded or
 *   is no sentence encoder.
 */
export async function loadEncoderModel(folder: string, settings: EncoderSettings): Promise<EncoderModel> {
  const { AutoModel, AutoTokenizer, env, LogLevel } = await importRuntime();
  // A failing run would otherwise print its whole input.
  env.logLevel = LogLevel.NONE;
  const { window, dtype, pieces: most } = settings;
  const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true }).catch(cannotLoad(folder));
  const graph = await AutoModel.from_pretrained(folder, {
    dtype,
    local_files_only: true,
    // More threads gain a quarter on an idle machine and lose half on a busy one.
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  }).catch(cannotLoad(folder));
  const tokenize = (text: string) => tokenizer(text) as Encoded;
  const count = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).length;
  const prompts: Record<Reading, string> = {
    lyrics: settings.passagePrompt,
    summary: settings.passagePrompt,
    description: settings.queryPrompt,
  };

  async function run(inputs: Encoded): Promise<Float32Array> {
    let outputs: Outputs;
    try {
      outputs = (await graph(inputs)) as Outputs;
    } catch (cause) {
      throw damagedModel(folder, 'it does not run', cause);
    }
    return normalize(pool(outputs, settings, folder));
  }

  /** Adds the vectors of a text's pieces to a sum, each weighed by its tokens. */
  async function addPieces(sum: Sum, prompt: string, text: string, budget: number): Promise<void> {
    if (sum.left === 0) return;
    const inputs = tokenize(prompt + text);
    const tokens = inputs.input_ids.dims[1] ?? 0;
    if (tokens <= window || budget < 1) {
      addTo(sum, await run(inputs), tokens);
      return;
    }
    // Some tokenizers make more of a whole than of its lines: what still does not fit is cut smaller.
    for (const piece of piecesOf(text, budget, count)) {
      await addPieces(sum, prompt, piece, Math.floor(budget * 0.9));
      if (sum.left === 0) return;
    }
  }

  return {
    async embed(text, reading) {
      const prompt = prompts[reading];
      const once = reading === 'lyrics' && settings.repeatedLines === 'once';
      const said = (once && distinctLines(text)) || text;
      const sum: Sum = { vector: null, left: reading === 'lyrics' && most !== null ? most : Number.POSITIVE_INFINITY };
      const budget = window - (tokenize(prompt).input_ids.dims[1] ?? 0);
      if (budget < 1) {
        throw new LyrecError('bad-argument', `The prompt leaves no room in the model's window of ${window} tokens.`);
      }
      await addPieces(sum, prompt, said, budget);
      const vector = normalize(sum.vector ?? new Float32Array());
      if (vector.some((value) => !Number.isFinite(value))) {
        throw damagedModel(folder, 'it answers with values that are not numbers');
      }
      return vector;
    },
    dispose: async () => {
      await graph.dispose();
    },
  };
}

interface Sum {
  vector: Float32Array | null;
  /** How many more pieces are read. */
  left: number;
}

function addTo(sum: Sum, vector: Float32Array, weight: number): void {
  sum.vector ??= new Float32Array(vector.length);
  for (let d = 0; d < vector.length; d++) sum.vector[d]! += weight * vector[d]!;
  sum.left--;
}

/** Reads one vector off what the graph gave for one text: [1, dimensions], or [1, tokens, dimensions] to be pooled. */
function pool(outputs: Outputs, { pooling }: EncoderSettings, folder: string): Float32Array {
  const whole = outputs.sentence_embedding;
  const states = outputs.last_hidden_state ?? outputs.token_embeddings;
  if (whole && (pooling === 'model' || !states)) return numbersOf(whole);
  if (!states) {
    throw new LyrecError('model-damaged', `The model in ${folder} is no sentence encoder.`, {
      hint: 'Take a model for feature extraction or sentence similarity: lyrec models lists some.',
    });
  }
  if (pooling === 'model') {
    throw new LyrecError('model-damaged', `The model in ${folder} does not pool its vectors itself.`, {
      hint: 'Choose how with --pooling mean, cls or last_token.',
    });
  }
  const numbers = numbersOf(states);
  const [, tokens = 0, dimensions = 0] = states.dims;
  if (pooling === 'cls') return numbers.slice(0, dimensions);
  if (pooling === 'last_token') return numbers.slice((tokens - 1) * dimensions);
  const mean = new Float32Array(dimensions);
  for (let at = 0; at < numbers.length; at++) mean[at % dimensions]! += numbers[at]! / tokens;
  return mean;
}

function numbersOf(tensor: Tensor): Float32Array {
  const { data } = tensor.type === 'float32' ? tensor : tensor.to('float32');
  return Float32Array.from(data);
}

async function importRuntime(): Promise<typeof import('@huggingface/transformers')> {
  try {
    return await import('@huggingface/transformers');
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const what = absent ? 'is not installed' : 'cannot be loaded';
    throw new LyrecError('runtime-missing', `What runs encoders (@huggingface/transformers) ${what}.`, {
      hint: 'Install it with npm install @huggingface/transformers, or use the static model or an embeddings server.',
      cause,
    });
  }
}

function cannotLoad(folder: string): (cause: unknown) => never {
  return (cause) => {
    const why = cause instanceof Error ? cause.message.split('\n')[0]!.replace(/\.$/, '') : String(cause);
    throw damagedModel(folder, why, cause);
  };
}
