/**
 * `lyrec lyrics`, `lyrec describe`, `lyrec both`.
 * @module
 */
import { type Answer, LyRec } from '../lyrec.js';
import { readText } from '../reading/open-input.js';
import type { QuestionFlags } from './program.js';
import { renderAnswer } from './render.js';

/** Flags of `lyrec both`. */
export interface BothFlags extends QuestionFlags {
  readonly lyrics: string;
  readonly desc: string;
  readonly candidates: number;
}

export async function lyrics(file: string, flags: QuestionFlags): Promise<void> {
  await ask('lyrics', flags, async (lyrec) => lyrec.similarLyrics(await readText(file), { k: flags.top }));
}

export async function describe(text: string, flags: QuestionFlags): Promise<void> {
  await ask('describe', flags, (lyrec) => lyrec.describe(text, { k: flags.top }));
}

export async function both(flags: BothFlags): Promise<void> {
  await ask('both', flags, async (lyrec) => {
    const query = { lyrics: await readText(flags.lyrics), description: flags.desc };
    return lyrec.both(query, { k: flags.top, candidates: flags.candidates });
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
