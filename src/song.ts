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
  /** The sum of its parts, each its value times its share: at most 1, or 2 for a song that holds a phrase in quotation marks. */
  readonly score: number;
  readonly song: Song;
  /** What the score is made of. */
  readonly parts: readonly ScorePart[];
  /** Songs with nearly the same lyrics, folded into this one. */
  readonly also: readonly Song[];
  /** The lines of the lyrics that match best, where they were asked for. */
  readonly lines?: readonly MatchingLine[];
}

/** One way in which a song was compared with the question. */
export interface ScorePart {
  /**
   * What was compared: `summary by lyrec-static`, `wording of lyrics`, `popularity`. Besides those `phrase`, for having what stands
   * in quotation marks, and `no summary`, which puts a song judged by its lyrics among those judged by their summaries.
   */
  readonly signal: string;
  /** The cosine of two vectors, or a share of what the best song has; for `phrase` and `no summary` what is added to the rest. */
  readonly value: number;
  /** How much it counts: all comparisons together 1, `phrase` and `no summary` 1 each. */
  readonly share: number;
}

/** A line of lyrics and how well it matches the question. */
export interface MatchingLine {
  readonly text: string;
  readonly score: number;
  /** Where the words that the question has too start and end in `text`. */
  readonly words: readonly (readonly [number, number])[];
}

/** A question: lyrics, a description, or both; or songs to find others like, and unlike. */
export interface Query {
  readonly lyrics?: string;
  readonly description?: string;
  /** What a language model made of the description, and what was searched for in its place. */
  readonly expanded?: string;
  readonly like?: readonly number[];
  readonly but?: readonly number[];
}

/** What an index knows about a song that can be searched. */
export type Field = 'lyrics' | 'summary';

/** A column of a collection: one of LyRec's own, or a further one of the CSV by its name there. */
export type ColumnName = { readonly own: 'artist' | 'title' | 'link' | 'summary' } | { readonly metadata: string };
