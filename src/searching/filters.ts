/**
 * Which songs an answer may hold.
 * @module
 */
import { LyrecError } from '../errors.js';
import type { ColumnName } from '../song.js';
import { nameKey } from '../wording/wording-index.js';
import { numberIn } from './cell-number.js';
import { popularityColumn } from './popularity.js';
import type { SongStore } from './song-store.js';

/** What a song must be to be found; everything given must hold. */
export interface Filters {
  /** The song is by one of these, whatever the case, accents and punctuation. */
  readonly artists?: readonly string[] | undefined;
  /** The song is by none of these. */
  readonly notArtists?: readonly string[] | undefined;
  /**
   * Conditions on columns of the collection: `year>=1970`, `genre=folk`, `album~live`. Operators are = != > >= < <= and ~
   * (contains). Two numbers compare as numbers, anything else as text without regard to case. A song that has nothing in
   * the column never passes.
   */
  readonly where?: readonly string[] | undefined;
  /** At least this much in the column that tells how popular a song is. */
  readonly minPopularity?: number | undefined;
}

type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

interface Condition {
  readonly column: ColumnName;
  readonly operator: Operator;
  readonly value: string;
}

const OWN = ['artist', 'title', 'link', 'summary'] as const;

/**
 * The songs that pass; null where nothing is asked for and all do.
 *
 * @param metadata the collection's further columns.
 * @throws LyrecError `bad-argument`, naming the columns there are, for a condition that cannot be read.
 */
export function passing(store: SongStore, filters: Filters, metadata: readonly string[]): ReadonlySet<number> | null {
  const tests: ((passed: ReadonlySet<number> | null) => Set<number>)[] = [];
  const add = (column: ColumnName, test: (value: string) => boolean) =>
    tests.push((passed) => {
      const once = remembered(test);
      const ids = new Set<number>();
      for (const [id, value] of store.column(column)) if ((passed?.has(id) ?? true) && once(value)) ids.add(id);
      return ids;
    });
  const { artists = [], notArtists = [], where = [], minPopularity } = filters;
  if (artists.length > 0) {
    const names = new Set(artists.map(nameKey));
    add({ own: 'artist' }, (artist) => names.has(nameKey(artist)));
  }
  for (const condition of where.map((text) => parseCondition(text, metadata))) {
    checkComparable(condition, store);
    add(condition.column, tester(condition));
  }
  if (minPopularity !== undefined) {
    add({ metadata: popularityColumn(metadata) }, (value) => (numberIn(value) ?? Number.NaN) >= minPopularity);
  }
  if (notArtists.length > 0) {
    const names = new Set(notArtists.map(nameKey));
    // A song whose artist nobody knows is not by one of these: it has a title, which every song has.
    const artist = store.column({ own: 'artist' });
    tests.push((passed) => {
      const isOther = remembered((name) => !names.has(nameKey(name)));
      const ids = new Set<number>();
      for (const id of passed ?? store.column({ own: 'title' }).keys()) {
        if (isOther(artist.get(id) ?? '')) ids.add(id);
      }
      return ids;
    });
  }
  return tests.reduce<ReadonlySet<number> | null>((passed, test) => test(passed), null);
}

/** The same test, asked once for each value: a collection has far fewer artists, genres and years than songs. */
function remembered(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    let passes = known.get(value);
    if (passes === undefined) {
      passes = test(value);
      known.set(value, passes);
    }
    return passes;
  };
}

/** Reads `column operator value`. */
function parseCondition(text: string, metadata: readonly string[]): Condition {
  const columns = `The columns are: ${[...OWN, ...metadata].join(', ')}.`;
  const [, name = '', operator = '', value = ''] = /^\s*([^=!<>~]*?)\s*([=!<>~]+)\s*(.*?)\s*$/su.exec(text) ?? [];
  if (!name || !isOperator(operator)) {
    const why = name && operator ? `There is no operator ${operator}.` : `"${text}" is not a condition.`;
    throw new LyrecError('bad-argument', `${why} ${columns}`, {
      hint: 'Write a column, an operator (= != > >= < <= ~) and a value: --where "year>=1970".',
    });
  }
  if (!value) {
    throw new LyrecError('bad-argument', `"${text}" says nothing to compare with.`, {
      hint: 'Write a value after the operator: --where "year>=1970". Songs with nothing in a column never pass.',
    });
  }
  const lower = name.toLowerCase();
  const known = metadata.find((column) => column === name) ?? metadata.find((column) => column.toLowerCase() === lower);
  if (known !== undefined) return { column: { metadata: known }, operator, value };
  const own = OWN.find((column) => column === lower);
  if (own) return { column: { own }, operator, value };
  throw new LyrecError('bad-argument', `There is no column "${name}". ${columns}`, {
    hint: 'Columns that no song has anything in are not kept.',
  });
}

function isOperator(text: string): text is Operator {
  return ['=', '!=', '>', '>=', '<', '<=', '~'].includes(text);
}

/** Refuses to compare the numbers of a column with what is none: "year>=abc" has no answer, however many songs "pass". */
function checkComparable({ column, operator, value }: Condition, store: SongStore): void {
  if (!isOrdered(operator) || numberIn(value) !== null) return;
  const cells = [...store.column(column).values()];
  const numbers = cells.filter((cell) => numberIn(cell) !== null).length;
  if (numbers * 2 <= cells.length) return;
  const name = 'own' in column ? column.own : column.metadata;
  throw new LyrecError('bad-argument', `The column ${name} holds numbers, and "${value}" is none.`, {
    hint: `Compare with a number: --where "${name}${operator}${cells.find((cell) => numberIn(cell) !== null)}".`,
  });
}

function isOrdered(operator: Operator): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

function tester({ operator, value }: Condition): (cell: string) => boolean {
  const wanted = plainText(value);
  if (operator === '~') return (cell) => plainText(cell).includes(wanted);
  const number = numberIn(value);
  const ordered = isOrdered(operator);
  return (cell) => {
    const own = number === null ? null : numberIn(cell);
    // Whether "unknown" is more than 1970 has no answer.
    if (ordered && number !== null && own === null) return false;
    const order = number !== null && own !== null ? own - number : compare(plainText(cell), wanted);
    switch (operator) {
      case '=':
        return order === 0;
      case '!=':
        return order !== 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
    }
  };
}

function plainText(text: string): string {
  return text.trim().normalize('NFC').toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
