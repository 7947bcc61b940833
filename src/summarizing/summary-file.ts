/**
 * Summaries as a file, to take along and to take in: CSV or, by its name's ending, JSON lines.
 *
 *     song_id,artist,title,summary,summarizer,lyrics_hash
 *
 * Rows find their songs by the hash of the lyrics; rows without one, as somebody may write by hand, by artist and title. The
 * `song_id` is for people: it changes with every row put into the collection before it.
 *
 * @module
 */
import { cleanLine } from '../clean-line.js';
import { LyrecError } from '../errors.js';
import { hashOf } from '../hash.js';
import { readJsonLines } from '../reading/json-lines.js';
import { type Input, openInput, readRecords } from '../reading/song-reader.js';
import { EXTRACTIVE, type Song } from '../song.js';
import { nameKey } from '../wording/wording-index.js';

/** One row of such a file. */
export interface SummaryRow {
  readonly song_id: number;
  readonly artist: string;
  readonly title: string;
  readonly summary: string;
  /** The id of the writer, `csv` where the summary came with the collection. */
  readonly summarizer: string;
  /** 32 hexadecimal digits. */
  readonly lyrics_hash: string;
}

/** A summary that was handed in. */
export interface GivenSummary {
  readonly summary: string;
  readonly summarizer: string;
  /** The writer's name as users know it. */
  readonly name: string;
}

const COLUMNS = ['song_id', 'artist', 'title', 'summary', 'summarizer', 'lyrics_hash'] as const;
const UNKNOWN_WRITER = 'imported';

/** A song's row. */
export function rowOf(song: Song, summarizer: string): SummaryRow {
  const { id, artist, title, lyrics, summary } = song;
  return {
    song_id: id,
    artist,
    title,
    summary: summary ?? '',
    summarizer,
    lyrics_hash: hashOf(lyrics).toString('hex'),
  };
}

/** The first line of a file. */
export function headerFor(format: 'csv' | 'jsonl'): string {
  return format === 'csv' ? `${COLUMNS.join(',')}\n` : '';
}

/** A row as a line of a file. */
export function lineFor(format: 'csv' | 'jsonl', row: SummaryRow): string {
  if (format === 'jsonl') return `${JSON.stringify(row)}\n`;
  return `${COLUMNS.map((column) => quoted(String(row[column]))).join(',')}\n`;
}

/** CSV or JSON lines, by a file's name. */
export function formatOf(file: string): 'csv' | 'jsonl' {
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(file) ? 'jsonl' : 'csv';
}

/** The summaries of a file, by song. They are held in memory, about a kilobyte each. */
export class GivenSummaries {
  readonly #byKey = new Map<string, GivenSummary | 'several'>();
  readonly #used = new Set<GivenSummary>();
  /** Rows with a summary. */
  rows = 0;

  /**
   * Reads a file. Lines that only repeat some lyrics (`extractive`) are no summaries and are passed over.
   *
   * @throws LyrecError as `openInput` does; `column-missing` where a CSV has no summaries or nothing to find their songs by,
   *   `input-malformed`.
   */
  static async read(file: string): Promise<GivenSummaries> {
    const given = new GivenSummaries();
    const input = openInput(file);
    const records = formatOf(file) === 'jsonl' ? jsonRecords(input) : csvRecords(input);
    for await (const { summary = '', summarizer = '', artist = '', title = '', lyrics_hash: hash = '' } of records) {
      const said = cleanLine(summary);
      const writer = cleanLine(summarizer);
      if (!said || writer === EXTRACTIVE) continue;
      given.#add(hash, keyOf(artist, title), { summary: said, ...writerCalled(writer) });
    }
    return given;
  }

  /** How many rows belong to no song that was looked for. */
  get unused(): number {
    return this.rows - this.#used.size;
  }

  /** The summary for a song. Of the same lyrics under two names each has its own. */
  find({ lyrics, artist, title }: Song): GivenSummary | null {
    const hash = hashOf(lyrics).toString('hex');
    const name = keyOf(artist, title);
    for (const key of [`${hash} ${name}`, hash, name]) {
      const found = this.#byKey.get(key);
      if (found === undefined || found === 'several') continue;
      this.#used.add(found);
      return found;
    }
    return null;
  }

  #add(hash: string, name: string, given: GivenSummary): void {
    this.rows++;
    if (hash) {
      this.#byKey.set(`${hash} ${name}`, given);
      if (!this.#byKey.has(hash)) this.#byKey.set(hash, given);
      return;
    }
    // Two different summaries under one name: nobody can tell which song is meant.
    this.#byKey.set(name, this.#byKey.has(name) ? 'several' : given);
  }
}

type Fields = Partial<Record<string, string>>;

async function* csvRecords(input: Input): AsyncGenerator<Fields> {
  let header: string[] | undefined;
  for await (const row of readRecords(input)) {
    if ('cutShort' in row) return;
    if (!header) {
      header = row.record.map((name) => name.trim().toLowerCase()).map((name) => (name === 'song' ? 'title' : name));
      checkColumns(header, input.name);
      continue;
    }
    yield Object.fromEntries(header.map((name, at) => [name, row.record[at] ?? '']));
  }
}

function checkColumns(header: readonly string[], file: string): void {
  if (header.includes('summary') && (header.includes('lyrics_hash') || header.includes('title'))) return;
  throw new LyrecError('column-missing', `${file} is no file of summaries. It has: ${header.join(', ')}.`, {
    hint: `It needs the columns summary and title (better artist too) or lyrics_hash, as lyrec export writes them.`,
  });
}

async function* jsonRecords(input: Input): AsyncGenerator<Fields> {
  for await (const { fields } of readJsonLines(
    input,
    'JSON lines hold one object a line, as lyrec export writes them.',
  )) {
    const texts = Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === 'string');
    yield Object.fromEntries(texts);
  }
}

/** What makes two songs the same by name. */
function keyOf(artist: string, title: string): string {
  return [artist, title].map(nameKey).join('\n');
}

/** "chat:gemma2:2b prompt:1a2b3c4d" → "gemma2:2b". What came with another collection did not come with this one. */
function writerCalled(summarizer: string): Pick<GivenSummary, 'summarizer' | 'name'> {
  const name = summarizer.replace(/^(chat|local):/, '').replace(/ prompt:[0-9a-f]+$/, '');
  if (['', 'csv', EXTRACTIVE].includes(name)) return { summarizer: UNKNOWN_WRITER, name: UNKNOWN_WRITER };
  return { summarizer, name };
}

function quoted(cell: string): string {
  return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
