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
import { type JsonRecord, readJsonLines } from '../reading/json-lines.js';
import { openInput } from '../reading/open-input.js';
import { type SongReference, songReferenceIn, textIn } from '../reading/song-reference.js';
import type { Query } from '../song.js';

export type { SongReference } from '../reading/song-reference.js';

/** A question and its right answer. */
export interface EvaluationCase {
  /** The songs that are right; more than one where a collection holds a song twice. */
  readonly songIds: readonly number[];
  readonly query: Query;
}

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
  const cases: CaseLine[] = [];
  for await (const record of readJsonLines(openInput(file), EXAMPLE)) cases.push(toCase(record));
  if (cases.length > 0) return cases;
  throw new LyrecError('input-empty', `${file === '-' ? 'Standard input' : file} holds no questions.`, {
    hint: EXAMPLE,
  });
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

function toCase(record: JsonRecord): CaseLine {
  const description = textIn(record, 'request');
  const lyrics = textIn(record, 'lyrics');
  if (description === undefined && lyrics === undefined) throw record.wrong('has neither "request" nor "lyrics"');
  const query = { ...(lyrics !== undefined && { lyrics }), ...(description !== undefined && { description }) };
  return { line: record.line, song: songReferenceIn(record), query };
}
