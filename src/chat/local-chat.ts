/**
 * A text-generation model in this process, through @huggingface/transformers: a folder, or a name on the hub.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { InterruptableStoppingCriteria, TextGenerationPipeline } from '@huggingface/transformers';
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { isHubName } from '../hub/cache-folder.js';
import { chooseDtype, type Dtype } from '../hub/dtype.js';
import { bringModel, type DownloadOptions } from '../hub/hub.js';
import { lazily } from '../lazily.js';
import type { AnswerOptions, ChatAnswer, ChatChoice, ChatMessage, ChatModel } from './chat-model.js';

// For a model that does not say how much it can hold in mind. Some "say" 1e30.
const WINDOW = 2048;
const LARGEST_WINDOW = 8192;

interface Opened {
  readonly generate: TextGenerationPipeline;
  readonly newStop: () => InterruptableStoppingCriteria;
}

/** Opens a local model; it is loaded, and fetched where it may be, when it is first needed. @throws LyrecError `model-missing`. */
export async function openLocalChat({ llm }: ChatChoice, download?: DownloadOptions): Promise<ChatModel> {
  const folder = existsSync(join(llm, 'config.json')) ? resolve(llm) : null;
  if (!folder && !isHubName(llm)) {
    throw new LyrecError('model-missing', `There is no language model in ${resolve(llm)}.`, {
      hint: 'Name the address of a chat server, a model on the hub such as onnx-community/gemma-3-1b-it-ONNX, or its folder.',
    });
  }
  const name = folder ? basename(folder) : llm;
  const opened = lazily(async () => open(name, folder ?? (await bringModel(llm, { use: 'chat', download }))));
  return {
    id: `local:${name}`,
    name,
    choice: { llm: folder ?? llm },
    // One prompt at a time: in a batch a finished answer goes on until the longest has ended.
    parallel: 1,
    fits: async (messages, maxTokens) => {
      const { generate } = await opened.get();
      return tokensOf(generate, render(generate, messages)) + maxTokens <= windowOf(generate);
    },
    answer: async (messages, options) => answer(await opened.get(), messages, options),
    close: async () => {
      await (await opened.made())?.generate.dispose();
    },
  };
}

async function open(name: string, folder: string): Promise<Opened> {
  const opened = await openFolder(folder);
  if (opened.generate.tokenizer.chat_template) return opened;
  await opened.generate.dispose();
  throw new LyrecError('bad-argument', `The model ${name} does not hold conversations: it has no chat template.`, {
    hint: 'Take an instruction-tuned ("it", "Instruct") model.',
  });
}

async function answer(
  { generate, newStop }: Opened,
  messages: readonly ChatMessage[],
  { maxTokens, temperature, signal }: AnswerOptions,
): Promise<ChatAnswer> {
  throwIfInterrupted(signal);
  const stop = newStop();
  const interrupt = () => stop.interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const prompt = render(generate, messages);
    const [output] = await generate(prompt, {
      max_new_tokens: maxTokens,
      do_sample: temperature > 0,
      ...(temperature > 0 && { temperature }),
      return_full_text: false,
      add_special_tokens: false,
      stopping_criteria: stop,
    });
    throwIfInterrupted(signal);
    const text = output?.generated_text ?? '';
    const out = tokensOf(generate, text);
    // Text does not come back as exactly the tokens it was written in.
    return { text, cut: out >= maxTokens * 0.98, tokens: { in: tokensOf(generate, prompt), out } };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** The conversation as the model was taught to read it. */
function render({ tokenizer }: TextGenerationPipeline, messages: readonly ChatMessage[]): string {
  const rendered = (turns: readonly ChatMessage[]) =>
    tokenizer.apply_chat_template([...turns], { tokenize: false, add_generation_prompt: true }) as string;
  try {
    return rendered(messages);
  } catch {
    // Some templates know no system turn: the instructions then open the user's.
    return rendered([{ role: 'user', content: messages.map(({ content }) => content).join('\n\n') }]);
  }
}

function tokensOf({ tokenizer }: TextGenerationPipeline, text: string): number {
  return tokenizer.encode(text, { add_special_tokens: false }).length;
}

function windowOf({ tokenizer, model }: TextGenerationPipeline): number {
  const config = model.config as { max_position_embeddings?: unknown };
  const said = [tokenizer.model_max_length, config.max_position_embeddings].map(Number);
  const known = said.filter((value) => value > 0 && value < 1e9);
  return known.length ? Math.min(...known, LARGEST_WINDOW) : WINDOW;
}

async function openFolder(folder: string): Promise<Opened> {
  const dtype = chooseDtype((file) => existsSync(join(folder, file)), undefined, 'q4', folder);
  try {
    JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    return await load(folder, dtype);
  } catch (cause) {
    if (cause instanceof LyrecError) throw cause;
    throw new LyrecError('model-damaged', `The language model in ${folder} cannot be loaded.`, {
      hint: 'Fetch it again; LYREC_DEBUG=1 shows what failed.',
      cause,
    });
  }
}

async function load(folder: string, dtype: Dtype): Promise<Opened> {
  const runtime = await import('@huggingface/transformers').catch((cause: unknown) => {
    throw new LyrecError('runtime-missing', 'Local language models need the package @huggingface/transformers.', {
      hint: 'Install it with: npm install @huggingface/transformers; or name the address of a chat server.',
      cause,
    });
  });
  // Else a failing run prints its whole input.
  runtime.env.logLevel = runtime.LogLevel.NONE;
  const generate = await runtime.pipeline('text-generation', folder, { dtype, local_files_only: true });
  return { generate, newStop: () => new runtime.InterruptableStoppingCriteria() };
}
