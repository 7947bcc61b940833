/**
 * Rows of a CSV to songs.
 * @module
 */
import { CsvError, type Parser, parse } from 'csv-parse';
import { cleanLine } from '../clean-line.js';
import { LyrecError } from '../errors.js';
import type { Song } from '../song.js';
import { cleanLyrics, hasWords } from './clean-lyrics.js';
import { type ColumnMap, type ColumnNames, mapColumns } from './columns.js';
import type { Input } from './open-input.js';

export type { ColumnNames } from './columns.js';
export { parseColumnNames } from './columns.js';
export { type Input, openInput, readText } from './open-input.js';

/** Why a row is not in the index. */
export type SkipReason = 'no words' | 'wrong number of fields' | 'cut short';

/** A row that is no song. */
export interface SkippedRow {
  /** The row's number, from 1: it keeps its `song_id`. */
  readonly row: number;
  /** The line of the file the row starts on, from 1. */
  readonly line: number;
  readonly reason: SkipReason;
}

/** "2 rows without words, 1 row cut short" */
export function skippedInWords(rows: readonly Pick<SkippedRow, 'reason'>[]): string {
  const counts = new Map<SkipReason, number>();
  for (const { reason } of rows) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'} ${AFTER_ROWS[reason]}`)
    .join(', ');
}

const AFTER_ROWS: Record<SkipReason, string> = {
  'no words': 'without words',
  'wrong number of fields': 'with the wrong number of fields',
  'cut short': 'cut short',
};

/** What reading yields for a row. */
export type Row = { readonly song: Song } | { readonly skipped: SkippedRow };

// A quote that is never closed swallows the rest of the file: past this many characters it is an error, not a row.
const LONGEST_ROW = 1 << 20;

/**
 * Reads the rows of a CSV one by one: the first line names the columns, the delimiter (comma, tab, semicolon, bar) is seen from it.
 * A last row that is cut in mid-quote is yielded as skipped.
 *
 * @throws LyrecError `input-empty`, `column-missing` or, naming the line, `input-malformed`.
 */
export async function* readSongs(input: Input, columns: ColumnNames = {}): AsyncGenerator<Row> {
  const rows = readRecords(input);
  const head = await rows.next();
  if (head.done) {
    throw new LyrecError('input-empty', `${input.name} is empty.`, {
      hint: 'A collection is a CSV with a line of column names: artist,song,link,text.',
    });
  }
  if ('cutShort' in head.value) throw unclosedQuote(input, 1);
  const header = head.value.record;
  const map = mapColumns(header, columns, input.name);
  let row = 0;
  for await (const next of rows) {
    row++;
    const { line } = next;
    if ('cutShort' in next) {
      yield { skipped: { row, line, reason: 'cut short' } };
      return;
    }
    const extra = next.record.slice(header.length).some((cell) => cell.trim());
    const song = toSong(row, next.record, map);
    if (extra || map.at.lyrics! >= next.record.length) {
      yield { skipped: { row, line, reason: 'wrong number of fields' } };
    } else if (!hasWords(song.lyrics)) {
      yield { skipped: { row, line, reason: 'no words' } };
    } else {
      yield { song };
    }
  }
}

function toSong(id: number, record: readonly string[], { at, metadata }: ColumnMap): Song {
  const cell = (place: number | undefined) => (place === undefined ? '' : cleanLine(record[place] ?? ''));
  return {
    id,
    artist: cell(at.artist),
    title: cell(at.title),
    link: cell(at.link) || null,
    lyrics: cleanLyrics(record[at.lyrics!] ?? ''),
    summary: cell(at.summary) || null,
    summaryBy: cell(at.summary) ? 'csv' : null,
    metadata: Object.fromEntries(metadata.map(({ name, at }) => [name, cell(at)]).filter(([, value]) => value)),
  };
}

/** A row and the line it starts on. */
export type ParsedRow = { readonly line: number } & ({ readonly record: string[] } | { readonly cutShort: true });

/**
 * The rows of a delimited file, header included: csv-parse over the input's text, its errors turned into ours. Rows are taken as they are parsed, not from the parser's
 * output: a stream that fails throws away what it has not handed out, and those rows are good.
 */
export async function* readRecords(input: Input): AsyncGenerator<ParsedRow> {
  const text = unixLines(input.text);
  let start = '';
  for (let next = await text.next(); !next.done; next = await text.next()) {
    start += next.value;
    if (start.length >= 4096 || start.includes('\n')) break;
  }
  if (!start.trim()) return;
  const ready: { record: string[]; line: number }[] = [];
  let lastLine = 0;
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(start),
    max_record_size: LONGEST_ROW,
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (record: string[], { lines }) => {
      ready.push({ record, line: lines - record.reduce((sum, cell) => sum + lineEnds(cell), 0) });
      lastLine = lines;
      return null;
    },
  });
  // Every failure reaches us through the call that caused it.
  parser.on('error', () => {});
  let failure = await written(parser, start);
  yield* ready.splice(0);
  if (!failure) {
    for await (const piece of text) {
      failure = await written(parser, piece);
      yield* ready.splice(0);
      if (failure) break;
    }
  }
  failure ??= await new Promise<Error | null>((done) => parser.end((error?: Error | null) => done(error ?? null)));
  yield* ready.splice(0);
  if (!failure) return;
  if (!(failure instanceof CsvError)) throw failure;
  if (failure.code === 'CSV_QUOTE_NOT_CLOSED') yield { cutShort: true, line: lastLine + 1 };
  else if (failure.code === 'CSV_MAX_RECORD_SIZE') throw unclosedQuote(input, lastLine + 1);
  else throw malformed(input, failure);
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function written(parser: Parser, piece: string): Promise<Error | null> {
  return new Promise((done) => {
    parser.write(piece, (error) => done(error ?? null));
  });
}

/** One kind of line end, so that lines are counted as an editor counts them. */
async function* unixLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let returned = '';
  for await (const piece of text) {
    const whole = returned + piece;
    returned = whole.endsWith('\r') ? '\r' : '';
    yield (returned ? whole.slice(0, -1) : whole).replace(/\r\n?/g, '\n');
  }
  if (returned) yield '\n';
}

/** The candidate that occurs most often in the first line, outside quotes. */
function delimiterOf(start: string): string {
  const firstLine = (start.split('\n', 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const occurrences = (candidate: string) => firstLine.split(candidate).length;
  return [',', '\t', ';', '|'].reduce((best, next) => (occurrences(next) > occurrences(best) ? next : best));
}

function unclosedQuote(input: Input, line: number): LyrecError {
  return new LyrecError(
    'input-malformed',
    `${input.name} has a quote in the row at line ${line} that is never closed.`,
    {
      hint: 'Close the quote, or write it twice ("") if it belongs to the text.',
    },
  );
}

function malformed(input: Input, cause: CsvError): LyrecError {
  const quote = ['CSV_INVALID_CLOSING_QUOTE', 'INVALID_OPENING_QUOTE'].includes(cause.code);
  const why = quote ? 'a quote stands inside a field' : cause.message;
  return new LyrecError('input-malformed', `${input.name} is not well-formed at line ${Number(cause.lines)}: ${why}.`, {
    hint: 'Put the field into quotes, and write a quote inside it twice: "".',
    cause,
  });
}
