/**
 * How a question is to be answered.
 * @module
 */
import type { Filters } from './searching/filters.js';
import type { Likeness } from './searching/like.js';

/** Which songs an answer is to hold, and in what order. */
export interface AskOptions extends Filters {
  /** The number of songs, at least 1; 10 unless given. */
  readonly k?: number | undefined;
  /** Only the nearest vectors, without wording or other fields: the article's plain behaviour. */
  readonly dense?: boolean | undefined;
  /** How much popularity counts beside everything else, which counts 1 to 2; 0 unless given. */
  readonly popularity?: number | undefined;
  /** `popularity` puts the songs found in the order of their popularity. */
  readonly sort?: 'score' | 'popularity' | undefined;
  /** Keeps one artist or one theme from filling the answer. */
  readonly diverse?: boolean | undefined;
  /** Whether songs with nearly the same lyrics are folded into the best of them; true unless given. */
  readonly fold?: boolean | undefined;
  /** What to search for in place of a description, as `expand` made it; the answer's query names both. */
  readonly expanded?: string | undefined;
  /** Whether to say which lines of each song match best. */
  readonly explain?: boolean | undefined;
}

/** How to answer a question with both parts. */
export interface BothOptions extends AskOptions {
  /** How many songs the first part finds for the second to order; 500 unless given, as in the article. */
  readonly candidates?: number | undefined;
  /** Which part finds the candidates; `lyrics` unless given. */
  readonly first?: 'lyrics' | 'desc' | undefined;
}

/** How to look for songs like others. */
export interface LikeOptions extends AskOptions {
  /** Songs to keep away from. */
  readonly but?: readonly (number | string)[] | undefined;
  /** What about the songs is compared; `both` unless given. */
  readonly by?: Likeness | undefined;
}

/** How to walk from one song to another. */
export interface PathOptions extends Filters {
  /** The number of jumps, at least 1; 6 unless given. */
  readonly steps?: number | undefined;
  readonly by?: Likeness | undefined;
}
