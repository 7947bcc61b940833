/**
 * Cases from a file: one JSON object a line.
 *
 *     {"song_id": 12, "request": "a ferry captain's last crossing"}
 *     {"artist": "Rosalind Ferry", "title": "The Last Ferry", "lyrics": "the ropes are wet"}
 *
 * A line with both `request` and `lyrics` asks both.
 *
 * @module
 */
import { LyrecError } from '../errors.js';
import type { LyRec } from '../lyrec.js';
import { readText } from '../reading/open-input.js';
import type { Query } from '../song.js';

/** A question and its right answer. */
export interface EvaluationCase {
  /** The songs that are right; more than one where a collection holds a song twice. */
  readonly songIds: readonly number[];
  readonly query: Query;
}

/** A song as a case names it. */
export type SongReference = { readonly id: number } | { readonly artist: string; readonly title: string };

/** A case as it stands in a file. */
export interface CaseLine {
  /** The line of the file, from 1. */
  readonly line: number;
  readonly song: SongReference;
  readonly query: Query;
}

/** A case whose song the index does not hold. */
export interface UnknownSong {
  readonly line: number;
  readonly song: SongReference;
}

/** Cases as an index understands them. */
export interface ResolvedCases {
  readonly cases: readonly (EvaluationCase & { readonly line: number })[];
  readonly unknown: readonly UnknownSong[];
}

const EXAMPLE = 'A line is {"song_id": 12, "request": "…"}, or with "lyrics", or with "artist" and "title".';

/**
 * Reads the cases of a file, `-` for standard input; empty lines are passed over.
 *
 * @throws LyrecError `input-missing`, `input-not-text`, `input-empty`, or `input-malformed` naming the line.
 */
export async function readCases(file: string): Promise<CaseLine[]> {
  const name = file === '-' ? 'Standard input' : file;
  const lines = (await readText(file)).split('\n');
  const cases = lines.flatMap((line, place) => (line.trim() ? [toCase(line, place + 1, name)] : []));
  if (cases.length > 0) return cases;
  throw new LyrecError('input-empty', `${name} holds no questions.`, { hint: EXAMPLE });
}

/**
 * Finds the songs that cases name.
 *
 * @throws LyrecError `song-unknown` where the index holds none of them.
 */
export function resolveCases(lyrec: LyRec, lines: readonly CaseLine[]): ResolvedCases {
  const cases: (EvaluationCase & { line: number })[] = [];
  const unknown: UnknownSong[] = [];
  const known = new Set(lyrec.songIds());
  const find = (song: SongReference) =>
    'id' in song ? [song.id].filter((id) => known.has(id)) : lyrec.songsNamed(song);
  for (const { line, song, query } of lines) {
    const songIds = find(song);
    if (songIds.length > 0) cases.push({ line, songIds, query });
    else unknown.push({ line, song });
  }
  if (cases.length > 0) return { cases, unknown };
  throw new LyrecError('song-unknown', `The index in ${lyrec.info.folder} holds none of the songs asked for.`, {
    hint: 'A song_id is the number of the row in the CSV that the index was built from.',
  });
}

function toCase(text: string, line: number, file: string): CaseLine {
  const wrong = (what: string, cause?: unknown) =>
    new LyrecError('input-malformed', `${file}, line ${line}, ${what}.`, { hint: EXAMPLE, cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong('is not JSON', cause);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong('is not a JSON object');
  const fields = json as Readonly<Record<string, unknown>>;
  const words = (name: string): string | undefined => {
    const value = fields[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw wrong(`has a "${name}" that is not text`);
    if (!/\S/.test(value)) throw wrong(`has an empty "${name}"`);
    return value;
  };
  const description = words('request');
  const lyrics = words('lyrics');
  if (description === undefined && lyrics === undefined) throw wrong('has neither "request" nor "lyrics"');
  const query = { ...(lyrics !== undefined && { lyrics }), ...(description !== undefined && { description }) };
  const id = fields.song_id;
  if (id !== undefined && id !== null) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 1) {
      throw wrong('has a "song_id" that is not a whole number from 1');
    }
    return { line, song: { id }, query };
  }
  const title = words('title');
  if (title === undefined) throw wrong('names no song: it has neither "song_id" nor "title"');
  return { line, song: { artist: words('artist') ?? '', title }, query };
}
