/**
 * `lyrec lyrics`, `lyrec describe`, `lyrec both`, `lyrec like`.
 * @module
 */
import { type Answer, LyRec } from '../lyrec.js';
import { readText } from '../reading/open-input.js';
import { optionsOf, type QuestionFlags } from './question-flags.js';
import { renderAnswer } from './render.js';

/** Flags of `lyrec both`. */
export interface BothFlags extends QuestionFlags {
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

export async function describe(text: string, flags: QuestionFlags): Promise<void> {
  await ask('describe', flags, (lyrec) => lyrec.describe(text, optionsOf(flags)));
}

export async function both(flags: BothFlags): Promise<void> {
  await ask('both', flags, async (lyrec) => {
    const query = { lyrics: await readText(flags.lyrics), description: flags.desc };
    return lyrec.both(query, { ...optionsOf(flags), candidates: flags.candidates, first: flags.first });
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
    if (answer.passing === 0) process.stderr.write('lyrec: no song passes the filters.\n');
    process.stdout.write(await renderAnswer(command, lyrec.info, answer, tookMs, flags));
  } finally {
    await lyrec.close();
  }
}
