/**
 * A model behind an OpenAI-compatible chat server: Ollama, vLLM, llama.cpp, a paid API.
 *
 *     POST <address>/chat/completions  {model, messages, …}  ─►  {choices: [{message: {content}, finish_reason}], usage}
 *
 * @module
 */
import { LyrecError } from '../errors.js';
import { getJson, postJson } from '../http/post-json.js';
import { apiKey, serverAddress } from '../http/server-address.js';
import { type ChatChoice, type ChatModel, estimateAll, estimateTokens } from './chat-model.js';

// A small model on a CPU needs minutes for a long song.
const TIMEOUT_S = 300;
// A summary is a kilobyte or two. A server that sends more is not sending a summary.
const MAX_BYTES = 1 << 20;
// Servers cut what they cannot hold without a word, and many hold 4,096 tokens unless told otherwise.
const WINDOW = 4096;
// As many as a server with one card answers at once without queueing for long.
const PARALLEL = 4;

interface Completion {
  readonly choices?: readonly {
    readonly message?: { readonly content?: unknown; readonly refusal?: unknown };
    readonly finish_reason?: unknown;
  }[];
  readonly usage?: { readonly prompt_tokens?: unknown; readonly completion_tokens?: unknown };
}

/** Opens a chat server. @throws LyrecError as `openChatModel` does. */
export async function openChatServer({ llm, model }: ChatChoice): Promise<ChatModel> {
  const base = serverAddress(llm, '/chat/completions');
  const key = apiKey();
  const called = model ?? (await onlyModelOf(base, key));
  // llama.cpp calls a model by the path of its file, which says where a disk was mounted, not who wrote a summary.
  const name = called.replace(/^.*[\\/](?=[^\\/]+\.gguf$)/i, '');
  return {
    id: `chat:${name}`,
    name,
    choice: { llm: base, model: called },
    parallel: PARALLEL,
    fits: async (messages, maxTokens) => estimateAll(messages) + maxTokens <= WINDOW,
    answer: async (messages, { maxTokens, temperature, signal }) => {
      const body = { model: called, messages, max_tokens: maxTokens, temperature, stream: false };
      const options = { key, timeoutMs: timeoutMs(), maxBytes: MAX_BYTES, signal };
      const completion = (await postJson(`${base}/chat/completions`, body, options)) as Completion | null;
      const choice = completion?.choices?.[0];
      const content = choice?.message?.content ?? choice?.message?.refusal ?? '';
      const text = typeof content === 'string' ? content : '';
      const { prompt_tokens: read, completion_tokens: written } = completion?.usage ?? {};
      return {
        text,
        cut: choice?.finish_reason === 'length',
        tokens: {
          in: typeof read === 'number' ? read : estimateAll(messages),
          out: typeof written === 'number' ? written : estimateTokens(text),
        },
      };
    },
    close: async () => {},
  };
}

async function onlyModelOf(base: string, key: string | undefined): Promise<string> {
  const list = (await getJson(`${base}/models`, { key, timeoutMs: 10_000 })) as { data?: unknown } | null;
  const models = Array.isArray(list?.data) ? list.data : [];
  const names = models.flatMap(({ id }: { id?: unknown }) => (typeof id === 'string' ? [id] : []));
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new LyrecError('bad-argument', `The server ${base} has ${names.length || 'no'} models to choose from.`, {
    hint: `Name one with --llm-model${names.length ? `: ${names.slice(0, 8).join(', ')}` : ''}.`,
  });
}

/** `LYREC_TIMEOUT` in seconds, else five minutes. */
function timeoutMs(): number {
  const seconds = Number(process.env.LYREC_TIMEOUT);
  return (seconds > 0 ? seconds : TIMEOUT_S) * 1000;
}
