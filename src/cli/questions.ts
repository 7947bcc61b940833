/**
 * `lyrec lyrics`, `lyrec describe`, `lyrec both`.
 * @module
 */
import type { ChatChoice } from '../chat/chat-model.js';
import { LyrecError } from '../errors.js';
import { type Answer, LyRec } from '../lyrec.js';
import { readText } from '../reading/open-input.js';
import type { QuestionFlags } from './program.js';
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
}

export async function lyrics(file: string, flags: QuestionFlags): Promise<void> {
  await ask('lyrics', flags, async (lyrec) => lyrec.similarLyrics(await readText(file), { k: flags.top }));
}

export async function describe(text: string, flags: DescriptionFlags): Promise<void> {
  await ask('describe', flags, async (lyrec) =>
    lyrec.describe(text, { k: flags.top, ...(await expansion(lyrec, text, flags)) }),
  );
}

export async function both(flags: BothFlags): Promise<void> {
  await ask('both', flags, async (lyrec) => {
    const query = { lyrics: await readText(flags.lyrics), description: flags.desc };
    const expanded = await expansion(lyrec, flags.desc, flags);
    return lyrec.both(query, { k: flags.top, candidates: flags.candidates, ...expanded });
  });
}

/** What a language model makes of a description, also said on stderr; nothing without `--expand`. */
async function expansion(
  lyrec: LyRec,
  description: string,
  { expand, llm, llmModel }: DescriptionFlags,
): Promise<{ expanded?: string }> {
  if (!expand) return {};
  const expanded = await lyrec.expand(description, chatChoice(llm, llmModel));
  process.stderr.write(`Searching for: ${expanded}\n`);
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

async function ask(command: string, flags: QuestionFlags, question: (lyrec: LyRec) => Promise<Answer>): Promise<void> {
  const lyrec = await LyRec.open(flags.index, { search: 'exact' });
  try {
    const started = performance.now();
    const answer = await question(lyrec);
    const tookMs = Math.round((performance.now() - started) * 10) / 10;
    process.stdout.write(await renderAnswer(command, lyrec.info, answer, tookMs, flags));
  } finally {
    await lyrec.close();
  }
}
