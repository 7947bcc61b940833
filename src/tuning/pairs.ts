/**
 * What is said about which song: one JSON object a line.
 *
 *     {"song_id": 12, "description": "a ferry captain's last crossing"}
 *     {"artist": "Rosalind Ferry", "title": "The Last Ferry", "descriptions": ["…", "…"]}
 *
 * Several lines may describe one song.
 *
 * @module
 */
import { LyrecError } from '../errors.js';
import { type JsonRecord, readJsonLines } from '../reading/json-lines.js';
import { openInput } from '../reading/open-input.js';
import { songReferenceIn } from '../reading/song-reference.js';
import { SongNames } from '../searching/search.js';
import { EXTRACTIVE, type Song } from '../song.js';
import type { Collection } from './collection.js';

/** A song and what is said about it. */
export interface DescribedSong {
  readonly song: Song;
  readonly descriptions: readonly string[];
}

/** A line whose song is not among the songs. */
export interface UnknownSong {
  readonly line: number;
  /** As the line names it: a number, or "artist – title". */
  readonly song: string;
}

/** The descriptions of a file, put to their songs. */
export interface Pairs {
  readonly songs: readonly DescribedSong[];
  readonly unknown: readonly UnknownSong[];
  /** Descriptions without a word in them. */
  readonly empty: number;
}

const EXAMPLE = 'A line is {"song_id": 12, "description": "…"}, or with "artist" and "title".';

/**
 * Reads a file of pairs, `-` for standard input.
 *
 * @throws LyrecError `input-missing`, `input-not-text`, `input-empty`; `input-malformed` naming the line;
 *   `song-unknown` where none of the songs is there.
 */
export async function readPairs(file: string, { songs, numbered }: Collection): Promise<Pairs> {
  const name = file === '-' ? 'Standard input' : file;
  const names = new SongNames(songs.map(({ artist, title }, id) => ({ id, artist, title })));
  const numbers = new Map(songs.map((song) => [song.id, song]));
  const described = new Map<Song, string[]>();
  const unknown: UnknownSong[] = [];
  let empty = 0;
  for await (const record of readJsonLines(openInput(file), EXAMPLE)) {
    const descriptions = descriptionsIn(record);
    const reference = songReferenceIn(record);
    if ('id' in reference && !numbered) {
      throw record.wrong('names a song by number, which says nothing where songs come from several files');
    }
    const song = 'id' in reference ? numbers.get(reference.id) : songs[names.find(reference)[0] ?? -1];
    if (!song) {
      const called = 'id' in reference ? String(reference.id) : `${reference.artist} – ${reference.title}`;
      unknown.push({ line: record.line, song: called });
      continue;
    }
    const worded = descriptions.filter((one) => /\p{L}/u.test(one));
    empty += descriptions.length - worded.length;
    if (worded.length > 0) described.set(song, [...(described.get(song) ?? []), ...worded]);
  }
  if (described.size === 0 && unknown.length > 0) {
    throw new LyrecError('song-unknown', `None of the ${unknown.length} songs of ${name} is in the collection.`, {
      hint: 'Name songs as the collection does, by song_id or by artist and title.',
    });
  }
  if (described.size === 0) throw new LyrecError('input-empty', `${name} describes no song.`, { hint: EXAMPLE });
  return { songs: [...described].map(([song, descriptions]) => ({ song, descriptions })), unknown, empty };
}

/** The summaries of a collection as descriptions. @throws LyrecError `input-empty` where no song has one. */
export function summariesOf({ name, songs }: Collection): readonly DescribedSong[] {
  const described = songs.flatMap((song) =>
    song.summary === null || song.summaryBy === EXTRACTIVE ? [] : [{ song, descriptions: [song.summary] }],
  );
  if (described.length > 0) return described;
  throw new LyrecError('input-empty', `No song of ${name} has a summary to learn from.`, {
    hint: 'Name a file of descriptions: lyrec tune pairs.jsonl.',
  });
}

function descriptionsIn({ fields, wrong }: JsonRecord): string[] {
  const { description, descriptions = [description] } = fields;
  if (Array.isArray(descriptions) && descriptions.every((one) => typeof one === 'string')) return descriptions;
  throw wrong('has no "description"');
}
