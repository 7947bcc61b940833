/**
 * Language models that answer a conversation: the interface, and the choice of what stands behind it.
 * @module
 */
import { LyrecError } from '../errors.js';
import { isServerAddress } from '../http/server-address.js';
import type { DownloadOptions } from '../hub/hub.js';

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** How to answer. */
export interface AnswerOptions {
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  /** 0 always says the likeliest word; 1 says what it likes. */
  readonly temperature: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a model said. */
export interface ChatAnswer {
  readonly text: string;
  /** Whether it had more to say than `maxTokens` allowed. */
  readonly cut: boolean;
  /** Tokens read and written, as the server counts them; estimated where it does not. */
  readonly tokens: Tokens;
}

/** Tokens read and written. */
export interface Tokens {
  readonly in: number;
  readonly out: number;
}

/** Which model to ask. An index keeps it for `--expand`; keys are never part of it. */
export interface ChatChoice {
  /** The address of an OpenAI-compatible server, up to `/v1`; or a model's name on the Hugging Face hub; or its folder. */
  readonly llm: string;
  /** What a server calls the model; needed where it has several. */
  readonly model?: string;
}

/** A language model. Whoever opens it closes it. */
export interface ChatModel {
  /** Kind and name of the model, wherever it runs: what it writes is kept under it. */
  readonly id: string;
  /** The name a user knows it by. */
  readonly name: string;
  /** What `openChatModel` needs to open the same model again. */
  readonly choice: ChatChoice;
  /** How many answers it can write at once. */
  readonly parallel: number;
  /** Whether a conversation, and an answer of `maxTokens`, fit into what the model can hold in mind. */
  fits(messages: readonly ChatMessage[], maxTokens: number): Promise<boolean>;
  answer(messages: readonly ChatMessage[], options: AnswerOptions): Promise<ChatAnswer>;
  close(): Promise<void>;
}

/**
 * Opens a model: an address is a server, anything else a model for @huggingface/transformers. Nothing is loaded or fetched
 * before the first answer, so that opening costs nothing.
 *
 * @param download given where a model of the hub may be fetched; otherwise it must be on this machine.
 * @throws LyrecError `bad-argument` for an address that is none or holds a password, `server-*` where a server has to be
 *   asked for its model's name and does not tell, `model-missing` for what is neither a folder nor a name. The first answer
 *   of a local model throws `model-missing`, `model-damaged`, `hub-unreachable`, `runtime-missing` or `bad-argument`.
 */
export async function openChatModel(choice: ChatChoice, download?: DownloadOptions): Promise<ChatModel> {
  if (isServerAddress(choice.llm)) return (await import('./chat-server.js')).openChatServer(choice);
  if (choice.model !== undefined) {
    throw new LyrecError(
      'bad-argument',
      `${choice.llm} is not the address of a server that could have a "${choice.model}".`,
      {
        hint: 'Name a local model with --llm alone; --llm-model goes with an address such as http://localhost:11434/v1.',
      },
    );
  }
  return (await import('./local-chat.js')).openLocalChat(choice, download);
}

/** About how many tokens a text has; four characters a token is right for English within a fifth. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** The tokens of a whole conversation, with a few for each turn's frame. */
export function estimateAll(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { content }) => sum + estimateTokens(content) + 4, 0);
}
