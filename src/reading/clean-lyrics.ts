/**
 * Lyrics as they come, and lyrics as they are kept.
 * @module
 */
import { withoutControls } from '../clean-line.js';

// What stands in a lyrics cell of a piece without words, with or without brackets around it.
const NO_WORDS = /^\W*(instrumental|no lyrics|n\/?a|none)\W*$/i;

/**
 * Tidies white space only: one kind of line end, no trailing blanks, no blank lines outside and at most one inside, no control
 * characters. The words stay as they are.
 */
export function cleanLyrics(raw: string): string {
  return withoutControls(
    raw
      .normalize('NFC')
      .replace(/[\u2028\u2029]/g, '\n')
      .replace(/\t/g, ' '),
  )
    .replace(/[^\S\n]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

/** Whether there is anything to search by: a letter of any script, and not merely the note that it is an instrumental. */
export function hasWords(lyrics: string): boolean {
  return /\p{L}/u.test(lyrics) && !NO_WORDS.test(lyrics);
}
