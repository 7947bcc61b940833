/**
 * The nouns of LyRec. Data only, no behaviour.
 * @module
 */

/** One song of a collection. */
export interface Song {
  /** The row's number in the CSV it came from, from 1. */
  readonly id: number;
  readonly artist: string;
  readonly title: string;
  readonly link: string | null;
  /** Cleaned lyrics: lines separated by `\n`, no trailing blanks. */
  readonly lyrics: string;
  /** What the song is about, in a few sentences; null where nobody wrote it down. */
  readonly summary: string | null;
  /**
   * Who wrote the summary: `csv`, the name of a language model, whatever an imported file says, or `extractive` where nobody
   * did and it is but some lines of the lyrics. Null where there is no summary.
   */
  readonly summaryBy: string | null;
  /** Every further column of the CSV, by its name there. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** `summaryBy` of a summary that nobody wrote. */
export const EXTRACTIVE = 'extractive';

/** A song as an answer: where it stands and how well it fits. */
export interface SongMatch {
  /** Place in the answer, from 1. */
  readonly rank: number;
  /** Cosine of the question's vector and the song's, in [-1, 1]. */
  readonly score: number;
  readonly song: Song;
}

/** A question: lyrics, a description, or both. */
export interface Query {
  readonly lyrics?: string;
  readonly description?: string;
  /** What a language model made of the description, and what was searched for in its place. */
  readonly expanded?: string;
}

/** What an index knows about a song that can be searched. */
export type Field = 'lyrics' | 'summary';
