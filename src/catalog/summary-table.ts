/**
 * Summaries that were written or taken in, whichever songs an edition holds: none is ever paid for twice.
 *
 * A summary is kept under what its writer read of the song and who the writer was. Songs of an edition take their text
 * from here when a build puts it together.
 *
 * @module
 */
import type { Statement } from 'better-sqlite3';
import { hashOf } from '../hash.js';
import type { Song } from '../song.js';

/** Where a summary is kept. */
export interface SummaryKey {
  readonly song: Song;
  /** What the writer knew of the song besides its lyrics, as one text; null where nobody can tell. */
  readonly facts: string | null;
  /** The writer's id. */
  readonly summarizer: string;
}

/** A summary and who wrote it. */
export interface KeptSummary {
  readonly summary: string;
  readonly summarizer: string;
  /** The writer's name as users know it. */
  readonly name: string;
}

/** What a summary took. */
export interface Effort {
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly seconds: number;
}

/** The summaries of one open catalog. */
export class SummaryTable {
  readonly #prepare: (sql: string) => Statement;

  /** @param prepare gives the same statement for the same SQL. */
  constructor(prepare: (sql: string) => Statement) {
    this.#prepare = prepare;
  }

  /** How many there are. */
  count(): number {
    const row = this.#prepare('SELECT count(*) AS count FROM summaries WHERE summary IS NOT NULL').get();
    return (row as { count: number }).count;
  }

  /** The summary kept under exactly this, or taken in for this song from a file that does not tell the facts. */
  find({ song, facts, summarizer }: SummaryKey): string | null {
    const found = this.#prepare(
      `SELECT summary FROM summaries WHERE lyrics_hash = ? AND summarizer = ? AND summary IS NOT NULL
       AND (facts_hash = ? OR facts_hash = ? AND song_name = ?) LIMIT 1`,
    ).get(hashOf(song.lyrics), summarizer, factsHash(facts), UNKNOWN, nameOf(song));
    return (found as { summary: string } | undefined)?.summary ?? null;
  }

  /**
   * The best summary of these lyrics by anybody: by the preferred writer before others, of a song of this name before one that
   * merely has the same lyrics, the newest before older ones.
   */
  findAny(song: Song, preferred: string | null): KeptSummary | null {
    const found = this.#prepare(
      `SELECT summary, summarizer, name FROM summaries WHERE lyrics_hash = ? AND summary IS NOT NULL
       ORDER BY summarizer IS ? DESC, song_name = ? DESC, written DESC LIMIT 1`,
    ).get(hashOf(song.lyrics), preferred, nameOf(song));
    return (found as KeptSummary | undefined) ?? null;
  }

  /** The id of whoever wrote the summary that a song has; null for one that came with the collection. */
  writerOf({ lyrics, summary }: Song): string | null {
    const found = this.#prepare('SELECT summarizer FROM summaries WHERE lyrics_hash = ? AND summary = ? LIMIT 1').get(
      hashOf(lyrics),
      summary,
    );
    return (found as { summarizer: string } | undefined)?.summarizer ?? null;
  }

  /** Keeps a summary. It is on the disk when this returns. */
  add({ song, facts, summarizer }: SummaryKey, name: string, summary: string, effort: Effort | null): void {
    this.#put(song, facts, summarizer, name, { summary, failure: null, effort });
  }

  /** Remembers that a writer failed at a song, and how; the next build asks again. */
  addFailure({ song, facts, summarizer }: SummaryKey, name: string, failure: string, effort: Effort): void {
    this.#put(song, facts, summarizer, name, { summary: null, failure, effort });
  }

  /** Whether the last that came of this was a failure. */
  hasFailed({ song, facts, summarizer }: SummaryKey): boolean {
    const found = this.#prepare(
      'SELECT failure FROM summaries WHERE lyrics_hash = ? AND facts_hash = ? AND song_name = ? AND summarizer = ?',
    ).get(hashOf(song.lyrics), factsHash(facts), nameOf(song), summarizer);
    return ((found as { failure: string | null } | undefined)?.failure ?? null) !== null;
  }

  /** The mean effort for a summary by this writer; null if there is none to judge by. */
  meanEffort(summarizer: string): Effort | null {
    const mean = this.#prepare(
      `SELECT avg(tokens_in) AS tokensIn, avg(tokens_out) AS tokensOut, avg(seconds) AS seconds
       FROM summaries WHERE summarizer = ? AND summary IS NOT NULL AND seconds IS NOT NULL`,
    ).get(summarizer) as Effort | { seconds: null };
    return mean.seconds === null ? null : (mean as Effort);
  }

  #put(
    song: Song,
    facts: string | null,
    summarizer: string,
    name: string,
    { summary, failure, effort }: { summary: string | null; failure: string | null; effort: Effort | null },
  ): void {
    this.#prepare(
      `INSERT OR REPLACE INTO summaries
       (lyrics_hash, facts_hash, song_name, summarizer, name, summary, failure, tokens_in, tokens_out, seconds)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...[hashOf(song.lyrics), factsHash(facts), nameOf(song), summarizer, name, summary, failure],
      ...[effort?.tokensIn ?? null, effort?.tokensOut ?? null, effort?.seconds ?? null],
    );
  }
}

const UNKNOWN = Buffer.alloc(0);

function factsHash(facts: string | null): Buffer {
  return facts === null ? UNKNOWN : hashOf(facts);
}

function nameOf({ artist, title }: Song): Buffer {
  return hashOf(JSON.stringify([artist, title]));
}
