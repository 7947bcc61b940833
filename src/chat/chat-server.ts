/**
 * A model behind an OpenAI-compatible chat server: Ollama, vLLM, llama.cpp, a paid API.
 *
 *     POST <address>/chat/completions  {model, messages, …}  ─►  {choices: [{message: {content}, finish_reason}], usage}
 *
 * @module
 */
import { onlyModel } from '../http/only-model.js';
import { postJson, ServerError } from '../http/post-json.js';
import { apiKey, serverAddress, timeoutMs } from '../http/server-address.js';
import {
  type AnswerOptions,
  type ChatChoice,
  type ChatMessage,
  type ChatModel,
  estimateAll,
  estimateTokens,
} from './chat-model.js';

// A small model on a CPU needs minutes for a long song.
const TIMEOUT_S = 300;
// A summary is a kilobyte or two. A server that sends more is not sending a summary.
const MAX_BYTES = 1 << 20;
// Servers cut what they cannot hold without a word, and many hold 4,096 tokens unless told otherwise.
const WINDOW = 4096;
// As many as a server with one card answers at once without queueing for long.
const PARALLEL = 4;
// Newer models of OpenAI's want max_completion_tokens, and take no temperature but their own. Every other server knows the old
// names, so these come first, and what a model refuses is remembered for as long as it is open.
const REFUSABLE = ['max_tokens', 'temperature'] as const;

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
  const key = apiKey(base);
  const called = model ?? (await onlyModel(base, { key, timeoutMs: timeoutMs(60), flag: '--llm-model' }));
  // llama.cpp calls a model by the path of its file, which says where a disk was mounted, not who wrote a summary.
  const name = called.replace(/^.*[\\/](?=[^\\/]+\.gguf$)/i, '');
  const refused = new Set<string>();

  async function ask(messages: readonly ChatMessage[], options: AnswerOptions): Promise<Completion | null> {
    const { maxTokens, temperature, signal } = options;
    const sent = {
      [refused.has('max_tokens') ? 'max_completion_tokens' : 'max_tokens']: maxTokens,
      ...(!refused.has('temperature') && { temperature }),
    };
    const body = { model: called, messages, ...sent, stream: false };
    const posting = { key, timeoutMs: timeoutMs(TIMEOUT_S), maxBytes: MAX_BYTES, signal };
    try {
      return (await postJson(`${base}/chat/completions`, body, posting)) as Completion | null;
    } catch (error) {
      const field = refusedField(error, sent);
      if (field === undefined) throw error;
      refused.add(field);
      return ask(messages, options);
    }
  }

  return {
    id: `chat:${name}`,
    name,
    choice: { llm: base, model: called },
    parallel: PARALLEL,
    fits: async (messages, maxTokens) => estimateAll(messages) + maxTokens <= WINDOW,
    answer: async (messages, options) => {
      const completion = await ask(messages, options);
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

/** Which of the fields that were sent an error says that the model does not take; undefined for any other error. */
function refusedField(error: unknown, sent: Readonly<Record<string, number>>): string | undefined {
  if (!(error instanceof ServerError) || ![400, 422].includes(error.status ?? 0)) return undefined;
  const { message } = error;
  if (!/not support|unsupported|unrecognized|unknown|unexpected|not permitted|deprecated/i.test(message))
    return undefined;
  return REFUSABLE.find((field) => field in sent && new RegExp(`\\b${field}\\b`).test(message));
}
