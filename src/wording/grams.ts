/**
 * Text as runs of four letters: "rain on me" is " rai", "rain", "ain ", "in o", … Misheard and mistyped words share most of
 * theirs with the right ones, and so do a word's forms, in any language that is written in letters.
 * @module
 */

/** How many letters, blanks between words included. */
const LETTERS = 4;

const BLANK = 32;
const APOSTROPHE = 39;
const UPPER_A = 65;
const UPPER_Z = 90;
const LOWER_A = 97;
const LOWER_Z = 122;
const ZERO = 48;
const NINE = 57;

/** A text reduced to its words: lower case, no accents, no apostrophes, one blank between words. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\p{M}'’]/gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** What makes two names the same name: their letters and digits. A name without any is taken as it stands. */
export function nameKey(name: string): string {
  return plainWords(name).replaceAll(' ', '') || name.trim();
}

/** How many of two sets' grams are in both, as a share of those in either. */
export function sharedGrams(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const gram of a) if (b.has(gram)) both++;
  return both / (a.size + b.size - both || 1);
}

/** The hashes of a text's grams in order, repeated where the gram is. Empty for a text without words. */
export function gramsOf(text: string): Uint32Array {
  const codes = codesOf(text);
  const count = Math.max(0, codes.length - LETTERS + 1);
  const grams = new Uint32Array(count);
  for (let at = 0; at < count; at++) {
    let hash = 0x811c9dc5;
    for (let i = at; i < at + LETTERS; i++) hash = Math.imul(hash ^ codes[i]!, 0x01000193);
    grams[at] = hash ^ (hash >>> 15);
  }
  return grams;
}

/** `plainWords` between two blanks, as UTF-16 numbers; English goes the fast way. */
function codesOf(text: string): Uint16Array {
  const plain = /^[\0-\x7f]*$/.test(text) ? text : plainWords(text);
  const codes = new Uint16Array(plain.length + 2);
  codes[0] = BLANK;
  let length = 1;
  for (let i = 0; i < plain.length; i++) {
    const code = plain.charCodeAt(i);
    if (code === APOSTROPHE) continue;
    if (code >= UPPER_A && code <= UPPER_Z) codes[length++] = code | 32;
    else if ((code >= LOWER_A && code <= LOWER_Z) || (code >= ZERO && code <= NINE) || code > 127)
      codes[length++] = code;
    else if (codes[length - 1] !== BLANK) codes[length++] = BLANK;
  }
  if (codes[length - 1] !== BLANK) codes[length++] = BLANK;
  return codes.subarray(0, length);
}
