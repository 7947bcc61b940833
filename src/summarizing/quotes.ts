/**
 * How much of one text is taken from another, word for word.
 * @module
 */

// Six words in a row are hardly ever the same by chance.
const RUN = 6;

/** The words of a text, in lower case, without punctuation. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replace(/['’]/g, '')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}

/** The share of a text's words, from 0 to 1, that stand in runs of six or more that the source has too. */
export function quotedShare(text: string, source: string): number {
  const words = wordsOf(text);
  if (words.length < RUN) return 0;
  const runs = runsOf(wordsOf(source));
  const taken = new Array<boolean>(words.length).fill(false);
  for (let at = 0; at + RUN <= words.length; at++) {
    if (runs.has(words.slice(at, at + RUN).join(' '))) taken.fill(true, at, at + RUN);
  }
  return taken.filter(Boolean).length / words.length;
}

function runsOf(words: readonly string[]): Set<string> {
  const runs = new Set<string>();
  for (let at = 0; at + RUN <= words.length; at++) runs.add(words.slice(at, at + RUN).join(' '));
  return runs;
}
