/**
 * Which column of a CSV holds what.
 * @module
 */
import { cleanLine } from '../clean-line.js';
import { LyrecError } from '../errors.js';

/** What a column can be to LyRec; every other column is metadata. */
export type Role = 'lyrics' | 'title' | 'artist' | 'link' | 'summary';

/** Role → column name, as the user gave it. */
export type ColumnNames = Partial<Record<Role, string>>;

/** Role → place of the column, and what the remaining columns are called. */
export interface ColumnMap {
  readonly at: Readonly<Partial<Record<Role, number>>>;
  readonly metadata: readonly { readonly name: string; readonly at: number }[];
}

// The first name found wins. The article's own names come first.
const NAMES: Record<Role, readonly string[]> = {
  lyrics: ['text', 'lyrics', 'lyric', 'songlyrics', 'lyricstext', 'words'],
  title: ['song', 'title', 'name', 'track', 'songtitle', 'songname', 'trackname', 'tracktitle'],
  artist: ['artist', 'artists', 'artistname', 'artistnames', 'performer', 'singer', 'band', 'by'],
  link: ['link', 'url', 'href', 'uri', 'songlink'],
  summary: ['summary', 'songsummary', 'description'],
};

const ROLES = Object.keys(NAMES) as Role[];

/**
 * Reads what the user wrote after `--columns`: `lyrics=text,title=song`.
 *
 * @throws LyrecError `bad-argument` for anything else.
 */
export function parseColumnNames(text: string): ColumnNames {
  const names: ColumnNames = {};
  for (const part of text.split(',')) {
    const cut = part.indexOf('=');
    const role = part.slice(0, Math.max(cut, 0)).trim() as Role;
    const column = part.slice(cut + 1).trim();
    if (cut < 0 || !ROLES.includes(role) || !column) {
      throw new LyrecError('bad-argument', `"${part}" does not map a column.`, {
        hint: `Write --columns lyrics=text,title=song with any of ${ROLES.join(', ')}.`,
      });
    }
    const other = ROLES.find((each) => each !== role && names[each] === column);
    if (other) {
      throw new LyrecError('bad-argument', `--columns gives the column "${column}" two parts: ${other} and ${role}.`, {
        hint: 'Name a column of its own for each.',
      });
    }
    names[role] = column;
  }
  return names;
}

/**
 * Finds the columns of a header line.
 *
 * @param given names that stand above the recognised ones; a name must be there.
 * @throws LyrecError `column-missing` where lyrics or titles have no column, naming the columns there are.
 */
export function mapColumns(header: readonly string[], given: ColumnNames, input: string): ColumnMap {
  const columns = header.map(cleanLine);
  const there = `It has: ${columns.map((name) => name || '(no name)').join(', ')}.`;
  const at: Partial<Record<Role, number>> = {};
  for (const role of ROLES) {
    const named = given[role];
    const place = named === undefined ? findByName(columns, NAMES[role], at) : columns.indexOf(cleanLine(named));
    if (place >= 0) {
      at[role] = place;
    } else if (named !== undefined) {
      throw new LyrecError('column-missing', `${input} has no column "${named}". ${there}`, {
        hint: `Name the column that holds the ${role} with --columns ${role}=NAME.`,
      });
    }
  }
  for (const [role, what] of [
    ['lyrics', 'lyrics'],
    ['title', 'titles'],
  ] as const) {
    if (at[role] !== undefined) continue;
    throw new LyrecError('column-missing', `${input} has no column of ${what}. ${there}`, {
      hint: `Name it with --columns ${role}=NAME.`,
    });
  }
  const taken = new Set(Object.values(at));
  return {
    at,
    metadata: columns.flatMap((name, place) => (name && !taken.has(place) ? [{ name, at: place }] : [])),
  };
}

function findByName(
  columns: readonly string[],
  names: readonly string[],
  taken: Readonly<Partial<Record<Role, number>>>,
): number {
  const plain = columns.map((name) => name.toLowerCase().replace(/[\s_-]/g, ''));
  for (const name of names) {
    const place = plain.indexOf(name);
    if (place >= 0 && !Object.values(taken).includes(place)) return place;
  }
  return -1;
}
