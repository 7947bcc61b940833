/**
 * Answers as text for people and as JSON for programs.
 * @module
 */
import { modelNames } from '../index-folder/index-folder.js';
import type { Answer, IndexInfo } from '../lyrec.js';
import { EXTRACTIVE, type MatchingLine, type Song, type SongMatch } from '../song.js';
import type { QuestionFlags } from './question-flags.js';
import { type Painter, painter, terminalWidth, wrap } from './terminal.js';

/** What is printed for an answer, with the last line's end. */
export async function renderAnswer(
  command: string,
  info: IndexInfo,
  answer: Answer,
  tookMs: number,
  flags: QuestionFlags,
): Promise<string> {
  const { full = false, explain = false } = flags;
  if (flags.jsonl) {
    return answer.matches.map((match) => `${JSON.stringify(resultOf(match, { full, explain }))}\n`).join('');
  }
  if (flags.json) return `${JSON.stringify(answerAsJson(command, info, answer, { tookMs, full, explain }))}\n`;
  const paint = await painter(process.stdout);
  const width = terminalWidth(process.stdout);
  return answer.matches.map((match) => matchAsText(match, paint, width, { full, explain })).join('\n');
}

/** An answer as one JSON object. */
export function answerAsJson(
  command: string,
  info: IndexInfo,
  { query, matches }: Answer,
  { tookMs, full, explain }: { tookMs: number; full: boolean; explain: boolean },
): Record<string, unknown> {
  return {
    command,
    query,
    index: { songs: info.manifest.songs, model: modelNames(info.manifest) },
    results: matches.map((match) => resultOf(match, { full, explain })),
    took_ms: tookMs,
  };
}

/** A song as JSON, without its lyrics. */
export function songAsJson({ id, artist, title, link, summary, summaryBy }: Song): Record<string, unknown> {
  return { song_id: id, artist, title, link, summary, summary_by: summaryBy };
}

/** The name a song is known by. */
export function nameOf({ artist, title }: Pick<Song, 'artist' | 'title'>): string {
  return [artist, title].filter(Boolean).join(' – ') || '(no name)';
}

/** A song's summary; lines of its lyrics in place of one are marked as such. */
export function summaryOf({ summary, summaryBy }: Song): string {
  return summaryBy === EXTRACTIVE ? `lines: ${summary}` : (summary ?? '');
}

/** A score to six places. */
export function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

interface Shown {
  /** With the whole lyrics. */
  readonly full: boolean;
  /** With the parts of the score and the lines that match best. */
  readonly explain: boolean;
}

function resultOf(match: SongMatch, { full, explain }: Shown): Record<string, unknown> {
  const { rank, score, song, parts, also, lines } = match;
  const { song_id, artist, title, ...rest } = songAsJson(song);
  return {
    ...{ rank, song_id, artist, title, score: rounded(score), ...rest },
    ...(also.length > 0 && { also: also.map(({ id, artist, title }) => ({ song_id: id, artist, title })) }),
    ...(explain && {
      parts: parts.map((part) => ({ ...part, value: rounded(part.value), share: rounded(part.share) })),
    }),
    ...(lines && { lines: lines.map((line) => ({ ...line, score: rounded(line.score) })) }),
    ...(full && { lyrics: song.lyrics }),
  };
}

const INDENT = 11;

/**
 *      1. 0.712  Rosalind Ferry – The Last Ferry  #12
 *                A harbour town says goodbye to …
 */
function matchAsText(match: SongMatch, paint: Painter, width: number, { full, explain }: Shown): string {
  const { rank, score, song, parts, also, lines = [] } = match;
  const place = `${String(rank).padStart(3)}.`;
  const head = `${place} ${paint.score(score.toFixed(3).padStart(5))}  ${paint.title(nameOf(song))}  ${paint.faint(`#${song.id}`)}`;
  const body = full ? [summaryOf(song), ...song.lyrics.split('\n')] : [summaryOf(song)];
  const facts = also.length > 0 ? [`also: ${also.map((other) => `${nameOf(other)} #${other.id}`).join('; ')}`] : [];
  const made = parts.map(({ signal, value, share }) => `${signal} ${value.toFixed(3)} × ${share.toFixed(2)}`);
  if (explain) facts.push(made.join(' + '));
  const indented = [...body, ...facts]
    .flatMap((line) => wrap(line, width - INDENT))
    .map((line) => ' '.repeat(INDENT) + paint.faint(line));
  const quoted = lines.map((line) => `${' '.repeat(INDENT)}> ${highlighted(line, paint)}`);
  return `${[head, ...indented, ...quoted].join('\n')}\n`;
}

/** A line with the question's words marked. */
function highlighted({ text, words }: MatchingLine, paint: Painter): string {
  let out = '';
  let at = 0;
  for (const [from, to] of words) {
    out += paint.faint(text.slice(at, from)) + paint.mark(text.slice(from, to));
    at = to;
  }
  return out + paint.faint(text.slice(at));
}
