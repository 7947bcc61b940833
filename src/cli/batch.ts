/**
 * `lyrec batch`: a question a line in, an answer a line out.
 * @module
 */
import { once } from 'node:events';
import { LyrecError } from '../errors.js';
import { type Answer, type LikeOptions, LyRec } from '../lyrec.js';
import { type Fields, parseObject, readLines } from '../reading/json-lines.js';
import { openInput } from '../reading/open-input.js';
import type { IndexFlags } from './flags.js';
import { answerAsJson } from './render.js';

/** A field of a question: what it must be, where it goes, and which questions have it if not all do. */
interface Setting {
  readonly key: string;
  readonly is: 'number' | 'boolean' | 'texts' | 'songs' | readonly string[];
  readonly only?: 'both' | 'like';
}

const QUESTION_KEYS = ['describe', 'lyrics', 'like'];

// As the flags are called, and where the library takes them.
const SETTINGS: Readonly<Record<string, Setting>> = {
  k: { key: 'k', is: 'number' },
  artist: { key: 'artists', is: 'texts' },
  not_artist: { key: 'notArtists', is: 'texts' },
  where: { key: 'where', is: 'texts' },
  min_popularity: { key: 'minPopularity', is: 'number' },
  popularity: { key: 'popularity', is: 'number' },
  sort: { key: 'sort', is: ['score', 'popularity'] },
  dense: { key: 'dense', is: 'boolean' },
  diverse: { key: 'diverse', is: 'boolean' },
  fold: { key: 'fold', is: 'boolean' },
  explain: { key: 'explain', is: 'boolean' },
  candidates: { key: 'candidates', is: 'number', only: 'both' },
  first: { key: 'first', is: ['lyrics', 'desc'], only: 'both' },
  but: { key: 'but', is: 'songs', only: 'like' },
  by: { key: 'by', is: ['lyrics', 'story', 'both'], only: 'like' },
};

export async function batch(file: string, flags: Pick<IndexFlags, 'index'>): Promise<void> {
  // Whoever writes questions to a pipe may wait for each answer.
  const input = openInput(file, { live: true });
  const lyrec = await LyRec.open(flags.index);
  try {
    for await (const { line, text } of readLines(input)) {
      const answer = await answerLine(lyrec, line, text);
      if (!process.stdout.write(`${JSON.stringify(answer)}\n`)) await once(process.stdout, 'drain');
    }
  } finally {
    await lyrec.close();
  }
}

/** The answer to a line, or what is wrong with it: one bad question does not end the others. */
async function answerLine(lyrec: LyRec, line: number, text: string): Promise<object> {
  try {
    const question = parseQuestion(text);
    const started = performance.now();
    const answer = await ask(lyrec, question);
    const tookMs = Math.round((performance.now() - started) * 10) / 10;
    return answerAsJson(commandOf(question), lyrec.info, answer, {
      tookMs,
      full: false,
      explain: question.explain === true,
    });
  } catch (error) {
    if (!(error instanceof LyrecError)) throw error;
    const { message, code, hint } = error;
    return { error: message, code, ...(hint !== undefined && { hint }), line };
  }
}

function commandOf(question: Fields): string {
  if (question.like !== undefined) return 'like';
  if (question.lyrics === undefined) return 'describe';
  return question.describe === undefined ? 'lyrics' : 'both';
}

function ask(lyrec: LyRec, question: Fields): Promise<Answer> {
  const options = optionsOf(question);
  const { describe, lyrics, like } = question;
  if (like !== undefined) {
    if (isSongs(like) && describe === undefined && lyrics === undefined) return lyrec.like([like].flat(), options);
    throw wrong('"like" is a song_id or a name, or a list of them, and stands alone.');
  }
  for (const [name, text] of Object.entries({ describe, lyrics })) {
    if (text !== undefined && typeof text !== 'string') throw wrong(`"${name}" must be a text.`);
  }
  if (typeof describe === 'string' && typeof lyrics === 'string') {
    return lyrec.both({ lyrics, description: describe }, options);
  }
  if (typeof describe === 'string') return lyrec.describe(describe, options);
  if (typeof lyrics === 'string') return lyrec.similarLyrics(lyrics, options);
  throw wrong('A question has "describe", "lyrics", both of them, or "like".');
}

function parseQuestion(line: string): Fields {
  const parsed = parseObject(line);
  if ('fields' in parsed) return parsed.fields;
  throw wrong(`The line ${parsed.wrong}.`);
}

function optionsOf(question: Fields): LikeOptions {
  const kind = commandOf(question);
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(question)) {
    if (QUESTION_KEYS.includes(name)) continue;
    const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (!setting) {
      throw wrong(
        `There is no "${name}" in a question; there are ${[...QUESTION_KEYS, ...Object.keys(SETTINGS)].join(', ')}.`,
      );
    }
    if (setting.only && setting.only !== kind) {
      const such = setting.only === 'like' ? '"like"' : 'both "lyrics" and "describe"';
      throw wrong(`"${name}" is only for a question with ${such}.`);
    }
    options[setting.key] = checked(name, value, setting.is);
  }
  return options;
}

function checked(name: string, value: unknown, is: Setting['is']): unknown {
  if (is === 'texts') {
    const list = [value].flat();
    if (list.every((text) => typeof text === 'string')) return list;
    throw wrong(`"${name}" must be a text or a list of texts.`);
  }
  if (is === 'songs') {
    if (isSongs(value)) return [value].flat();
    throw wrong(`"${name}" must be a song_id or a name, or a list of them.`);
  }
  if (is === 'number' || is === 'boolean') {
    if (is === 'number' ? typeof value === 'number' : typeof value === 'boolean') return value;
    throw wrong(`"${name}" must be ${is === 'number' ? 'a number' : 'true or false'}.`);
  }
  if (typeof value === 'string' && is.includes(value)) return value;
  throw wrong(`"${name}" must be ${is.map((text) => `"${text}"`).join(' or ')}.`);
}

function isSongs(value: unknown): value is number | string | (number | string)[] {
  return [value].flat().every((song) => typeof song === 'number' || typeof song === 'string');
}

function wrong(message: string): LyrecError {
  return new LyrecError('bad-argument', message);
}
