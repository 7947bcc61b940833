/**
 * Lyrics to a summary of what the song is about: the interface, and the choice of who writes it.
 *
 *     song ─► prompt ─► language model ─► cleaned ─► summary
 *                            ▲               │
 *                            └── once more ◄─┘ if it is no summary
 *
 * @module
 */
import { type ChatChoice, type ChatModel, openChatModel, type Tokens } from '../chat/chat-model.js';
import type { DownloadOptions } from '../hub/hub.js';
import type { Song } from '../song.js';
import { type Cleaned, cleanSummary } from './clean-summary.js';
import { DEFAULT_PROMPT, messagesFor, type Prompt, parsePrompt, shortenLyrics } from './prompt.js';

export { findKeyLines } from './key-lines.js';
export { factsIn, messagesFor, type Prompt } from './prompt.js';

/** What came of asking for one summary. */
export type Outcome = Readonly<{ tokens: Tokens; asked: 1 | 2 }> &
  (
    | { readonly summary: string /** Whether something had to be taken off the answer. */; readonly cleaned: boolean }
    | { readonly failure: string }
  );

/** Writes summaries. Whoever opens it closes it. */
export interface Summarizer {
  /** Model and prompt: a summary is kept under it and never written again. */
  readonly id: string;
  /** The name a user knows it by. */
  readonly name: string;
  readonly choice: ChatChoice;
  readonly prompt: Prompt;
  /** How many songs it can have in hand at once. */
  readonly parallel: number;
  /**
   * Summarizes one song. An answer that is no summary is asked for once more; a second one is a failure of this song.
   *
   * @throws LyrecError `server-unreachable`, `server-refused`, `server-failed`, `interrupted`.
   */
  summarize(song: Song, options?: { readonly signal?: AbortSignal | undefined }): Promise<Outcome>;
  close(): Promise<void>;
}

/** How to open a summarizer. */
export interface SummarizerChoice extends ChatChoice {
  /** Text of a prompt in place of LyRec's own; see `parsePrompt`. */
  readonly prompt?: string;
}

// 150 words of English, and room to end a sentence.
const ANSWER_TOKENS = 320;
// Steady, not lifeless; the second time bolder, or the same answer would come back.
const TEMPERATURES = [0.2, 0.7] as const;

const REMINDER =
  'Write only the summary: one paragraph of plain English prose about this song, in your own words, without quoting its lyrics.';

/**
 * Opens a summarizer.
 *
 * @param download a model of the hub is fetched with the first summary.
 * @throws LyrecError as `openChatModel` does.
 */
export async function openSummarizer(
  { prompt, ...choice }: SummarizerChoice,
  download: DownloadOptions = {},
): Promise<Summarizer> {
  return summarizerWith(
    await openChatModel(choice, download),
    prompt === undefined ? DEFAULT_PROMPT : parsePrompt(prompt),
  );
}

function summarizerWith(model: ChatModel, prompt: Prompt): Summarizer {
  return {
    id: `${model.id} prompt:${prompt.hash}`,
    name: model.name,
    choice: model.choice,
    prompt,
    parallel: model.parallel,
    summarize: (song, { signal } = {}) => summarize(model, prompt, song, signal),
    close: () => model.close(),
  };
}

async function summarize(
  model: ChatModel,
  prompt: Prompt,
  song: Song,
  signal: AbortSignal | undefined,
): Promise<Outcome> {
  const reminding = { ...prompt, instructions: `${prompt.instructions}\n\n${REMINDER}` };
  const lyrics = await shortenLyrics(song.lyrics, (text) =>
    model.fits(messagesFor(reminding, song, text), ANSWER_TOKENS),
  );
  const ask = async (temperature: number, asking: Prompt) => {
    const messages = messagesFor(asking, song, lyrics);
    const { text, cut, tokens } = await model.answer(messages, { maxTokens: ANSWER_TOKENS, temperature, signal });
    return { cleaned: cleanSummary(text, { lyrics: song.lyrics, instructions: prompt.instructions, cut }), tokens };
  };
  const first = await ask(TEMPERATURES[0], prompt);
  if ('summary' in first.cleaned) return outcome(first.cleaned, first.tokens, 1);
  const second = await ask(TEMPERATURES[1], reminding);
  const tokens = { in: first.tokens.in + second.tokens.in, out: first.tokens.out + second.tokens.out };
  return outcome(second.cleaned, tokens, 2);
}

function outcome(cleaned: Cleaned, tokens: Tokens, asked: 1 | 2): Outcome {
  return 'summary' in cleaned
    ? { summary: cleaned.summary, cleaned: cleaned.changed, tokens, asked }
    : { failure: cleaned.unusable, tokens, asked };
}
