/**
 * An OpenAI-compatible embeddings server as an embedder: TEI, vLLM, Ollama, llama.cpp and others.
 * @module
 */
import { createHash } from 'node:crypto';
import { LyrecError, throwIfInterrupted } from '../../errors.js';
import { onlyModel } from '../../http/only-model.js';
import { type PostOptions, postJson, ServerError } from '../../http/post-json.js';
import { apiKey, serverAddress, timeoutMs } from '../../http/server-address.js';
import { familyOf } from '../families.js';
import type { Embedder, EmbedOptions, ModelChoice } from '../types.js';
import { normalize } from '../unit-vector.js';
import { vectorsOf } from './embeddings-answer.js';
import { inHalves } from './halves.js';

// Raise it when texts are prepared or cut in another way: older vectors are then made anew.
const PREPARATION = 1;

// The smallest greatest batch among servers is 32; several requests keep a server that batches by itself busy.
const TEXTS_A_REQUEST = 16;
const REQUESTS_AT_ONCE = 4;

const TIMEOUT_S = 60;

const PATIENT = 6;
const IMPATIENT = 2;

/**
 * Opens a server. It is asked for one vector unless the choice says how long vectors are.
 *
 * @throws LyrecError `server-unreachable`, `server-refused`, `server-failed`, or `bad-argument` if the server runs several models
 *   and none is named.
 */
export async function openEndpointEmbedder(choice: ModelChoice, signal?: AbortSignal): Promise<Embedder> {
  const address = serverAddress(choice.model, '/embeddings');
  const server = new URL(address).host;
  const key = apiKey(address);
  const patience = { key, timeoutMs: timeoutMs(TIMEOUT_S) };
  const modelName = choice.modelName ?? (await onlyModel(address, { ...patience, signal, flag: '--model-name' }));
  const family = familyOf(modelName);
  const queryPrompt = choice.queryPrompt ?? family.queryPrompt ?? '';
  const passagePrompt = choice.passagePrompt ?? family.passagePrompt ?? '';
  let dimensions = choice.dimensions;

  async function request(texts: readonly string[], options: PostOptions): Promise<Float32Array[]> {
    const body = { model: modelName, input: texts, encoding_format: 'float' };
    const answer = await postJson(`${address}/embeddings`, body, { ...patience, ...options });
    const vectors = vectorsOf(answer, texts.length, server);
    for (const { length } of vectors) {
      dimensions ??= length;
      if (length === dimensions) continue;
      const what = `The embeddings server ${server} sent ${length} numbers for a text, not ${dimensions} as before.`;
      throw new LyrecError('model-mismatch', what, { hint: `Check that it still runs ${modelName}.` });
    }
    return vectors;
  }

  /** The vectors of texts; those too long for the server are cut in halves, which are averaged by length. */
  async function embed(texts: readonly string[], prompt: string, options: PostOptions): Promise<Float32Array[]> {
    try {
      return await request(
        texts.map((text) => prompt + text),
        options,
      );
    } catch (error) {
      if (!(error instanceof ServerError) || ![400, 413, 422].includes(error.status ?? 0)) throw error;
      if (texts.length > 1) {
        const vectors: Float32Array[] = [];
        for (const text of texts) vectors.push(...(await embed([text], prompt, options)));
        return vectors;
      }
      const halves = inHalves(texts[0]!);
      if (!halves) throw error;
      const [a, b] = [await embed([halves[0]], prompt, options), await embed([halves[1]], prompt, options)];
      const [weightA, weightB] = halves.map(({ length }) => length) as [number, number];
      return [normalize(a[0]!.map((value, d) => weightA * value + weightB * b[0]![d]!))];
    }
  }

  if (dimensions === undefined) await request(['song'], { attempts: IMPATIENT, signal });
  const settled = dimensions!;
  return {
    kind: 'encoder',
    id: idOf({ modelName, passagePrompt, dimensions: settled }),
    name: modelName,
    choice: { model: address, modelName, queryPrompt, passagePrompt, dimensions: settled },
    dimensions: settled,
    embedDocuments: (texts, _, options) =>
      inFlight(texts, (some, signal) => embed(some, passagePrompt, { attempts: PATIENT, signal }), options),
    async embedQuery(text, kind) {
      const prompt = kind === 'lyrics' ? passagePrompt : queryPrompt;
      return (await embed([text], prompt, { attempts: IMPATIENT }))[0]!;
    },
    close: async () => {},
  };
}

/** Sends texts in batches, several at a time. After a failure nothing more is sent, and what is under way is waited for. */
async function inFlight(
  texts: readonly string[],
  embed: (texts: readonly string[], signal: AbortSignal | undefined) => Promise<Float32Array[]>,
  { onVector, signal }: EmbedOptions = {},
): Promise<Float32Array[]> {
  const vectors: Float32Array[] = new Array(texts.length);
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const sender = async () => {
    while (next < texts.length && !failure) {
      const start = next;
      next += TEXTS_A_REQUEST;
      try {
        const some = await embed(texts.slice(start, next), signal);
        some.forEach((vector, i) => {
          vectors[start + i] = vector;
          onVector?.(start + i, vector);
        });
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sender));
  throwIfInterrupted(signal);
  if (failure) throw failure.error;
  return vectors;
}

/** Everything that a stored vector depends on, as far as a server shows it; the address is not part of it. */
function idOf(parts: Readonly<Record<string, unknown>>): string {
  const hash = createHash('sha256').update(JSON.stringify([PREPARATION, parts]));
  return `endpoint:${hash.digest('hex').slice(0, 12)}`;
}
