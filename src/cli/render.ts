/**
 * Answers as text for people and as JSON for programs.
 * @module
 */
import { modelNames } from '../index-folder/index-folder.js';
import type { Answer, IndexInfo } from '../lyrec.js';
import { EXTRACTIVE, type Song, type SongMatch } from '../song.js';
import type { QuestionFlags } from './program.js';
import { type Painter, painter, terminalWidth, wrap } from './terminal.js';

/** What is printed for an answer, with the last line's end. */
export async function renderAnswer(
  command: string,
  info: IndexInfo,
  answer: Answer,
  tookMs: number,
  flags: QuestionFlags,
): Promise<string> {
  const full = flags.full ?? false;
  if (flags.jsonl) return answer.matches.map((match) => `${JSON.stringify(resultOf(match, { full }))}\n`).join('');
  if (flags.json) {
    return `${JSON.stringify({
      command,
      query: answer.query,
      index: { songs: info.manifest.songs, model: modelNames(info.manifest) },
      results: answer.matches.map((match) => resultOf(match, { full })),
      took_ms: tookMs,
    })}\n`;
  }
  const paint = await painter(process.stdout);
  const width = terminalWidth(process.stdout);
  return answer.matches.map((match) => matchAsText(match, paint, width, { full })).join('\n');
}

/** A song as JSON, without its lyrics. */
export function songAsJson({ id, artist, title, link, summary, summaryBy }: Song): Record<string, unknown> {
  return { song_id: id, artist, title, link, summary, summary_by: summaryBy };
}

/** The name a song is known by. */
export function nameOf({ artist, title }: Pick<Song, 'artist' | 'title'>): string {
  return artist ? `${artist} – ${title}` : title;
}

/** A song's summary; lines of its lyrics in place of one are marked as such. */
export function summaryOf({ summary, summaryBy }: Song): string {
  return summaryBy === EXTRACTIVE ? `lines: ${summary}` : (summary ?? '');
}

function resultOf({ rank, score, song }: SongMatch, { full }: { full: boolean }): Record<string, unknown> {
  const { song_id, artist, title, ...rest } = songAsJson(song);
  const rounded = Math.round(score * 1e6) / 1e6;
  return { rank, song_id, artist, title, score: rounded, ...rest, ...(full && { lyrics: song.lyrics }) };
}

const INDENT = 11;

/**
 *      1. 0.712  Rosalind Ferry – The Last Ferry  #12
 *                A harbour town says goodbye to …
 */
function matchAsText(
  { rank, score, song }: SongMatch,
  paint: Painter,
  width: number,
  { full }: { full: boolean },
): string {
  const place = `${String(rank).padStart(3)}.`;
  const head = `${place} ${paint.score(score.toFixed(3).padStart(5))}  ${paint.title(nameOf(song))}  ${paint.faint(`#${song.id}`)}`;
  const body = full ? [summaryOf(song), ...song.lyrics.split('\n')] : [summaryOf(song)];
  const lines = body
    .flatMap((line) => wrap(line, width - INDENT))
    .map((line) => ' '.repeat(INDENT) + paint.faint(line));
  return `${[head, ...lines].join('\n')}\n`;
}
