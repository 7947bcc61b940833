/**
 * Songs as the lines of a file name them.
 * @module
 */
import type { JsonRecord } from './json-lines.js';

/** A song by its number, or by its name. */
export type SongReference = { readonly id: number } | { readonly artist: string; readonly title: string };

/** The song that a line names by `song_id`, or by `title` and, where there is one, `artist`. @throws the line's error. */
export function songReferenceIn(record: JsonRecord): SongReference {
  const { song_id: id } = record.fields;
  if (id !== undefined && id !== null) {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 1) return { id };
    throw record.wrong('has a "song_id" that is not a whole number from 1');
  }
  const title = textIn(record, 'title');
  if (title === undefined) throw record.wrong('names no song: it has neither "song_id" nor "title"');
  return { artist: textIn(record, 'artist') ?? '', title };
}

/** The text in a field; undefined where there is none. @throws the line's error where there is something else. */
export function textIn({ fields, wrong }: JsonRecord, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrong(`has a "${name}" that is not text`);
  if (!/\S/.test(value)) throw wrong(`has an empty "${name}"`);
  return value;
}
