/**
 * `lyrec lyrics`, `lyrec describe`, `lyrec both`, `lyrec like`.
 * @module
 */
import type { ChatChoice } from '../chat/chat-model.js';
import { LyrecError } from '../errors.js';
import { type Answer, LyRec } from '../lyrec.js';
import { readText } from '../reading/open-input.js';
import { optionsOf, type QuestionFlags } from './question-flags.js';
import { renderAnswer } from './render.js';

/** Flags of questions with a description. */
export interface DescriptionFlags extends QuestionFlags {
  readonly expand?: true;
  readonly llm?: string;
  readonly llmModel?: string;
}

/** Flags of `lyrec both`. */
export interface BothFlags extends DescriptionFlags {
  readonly lyrics: string;
  readonly desc: string;
  readonly candidates: number;
  readonly first: 'lyrics' | 'desc';
}

/** Flags of `lyrec like`. */
export interface LikeFlags extends QuestionFlags {
  readonly but: readonly string[];
  readonly by: 'lyrics' | 'story' | 'both';
}

export async function lyrics(file: string, flags: QuestionFlags): Promise<void> {
  await ask('lyrics', flags, async (lyrec) => lyrec.similarLyrics(await readText(file), optionsOf(flags)));
}

export async function describe(text: string, flags: DescriptionFlags): Promise<void> {
  await ask('describe', flags, async (lyrec) =>
    lyrec.describe(text, { ...optionsOf(flags), ...(await expansion(lyrec, text, flags)) }),
  );
}

export async function both(flags: BothFlags): Promise<void> {
  await ask('both', flags, async (lyrec) => {
    const query = { lyrics: await readText(flags.lyrics), description: flags.desc };
    const expanded = await expansion(lyrec, flags.desc, flags);
    return lyrec.both(query, {
      ...optionsOf(flags),
      candidates: flags.candidates,
      first: flags.first,
      ...expanded,
    });
  });
}

/** What a language model makes of a description, also said on stderr; nothing without `--expand`, which `--llm` implies. */
async function expansion(
  lyrec: LyRec,
  description: string,
  { expand, llm, llmModel, quiet }: DescriptionFlags,
): Promise<{ expanded?: string }> {
  if (!expand) return {};
  const { LYREC_LLM, LYREC_LLM_MODEL } = process.env;
  const expanded = await lyrec.expand(
    description,
    chatChoice(llm ?? (LYREC_LLM || undefined), llmModel ?? (LYREC_LLM_MODEL || undefined)),
  );
  if (!quiet) process.stderr.write(`Searching for: ${expanded}\n`);
  return { expanded };
}

/** The model that flags or environment name. */
function chatChoice(llm: string | undefined, model: string | undefined): ChatChoice | undefined {
  if (llm !== undefined) return { llm, ...(model !== undefined && { model }) };
  if (model === undefined) return undefined;
  throw new LyrecError('bad-argument', `--llm-model ${model} needs the address of its server.`, {
    hint: 'Add --llm http://…/v1, or set LYREC_LLM.',
  });
}

export async function like(songs: readonly string[], flags: LikeFlags): Promise<void> {
  await ask('like', flags, (lyrec) => lyrec.like(songs, { ...optionsOf(flags), but: flags.but, by: flags.by }));
}

async function ask(command: string, flags: QuestionFlags, question: (lyrec: LyRec) => Promise<Answer>): Promise<void> {
  const lyrec = await LyRec.open(flags.index, { search: 'exact' });
  try {
    const started = performance.now();
    const answer = await question(lyrec);
    const tookMs = Math.round((performance.now() - started) * 10) / 10;
    if (answer.passing === 0 && !flags.quiet) process.stderr.write('lyrec: no song passes the filters.\n');
    process.stdout.write(await renderAnswer(command, lyrec.info, answer, tookMs, flags));
  } finally {
    await lyrec.close();
  }
}
