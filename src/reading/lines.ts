/**
 * Lines of lyrics: when two are the same, and some of them as one text.
 * @module
 */

/**
 * The line reduced to its words: lower case, without punctuation. Empty for a line without words.
 * Letters and digits of every script count.
 */
export function lineKey(line: string): string {
  return line
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N} ]/gu, '')
    .trim();
}

/**
 * The lyrics with every line said once: lines are trimmed, those without words and those that came before are dropped.
 * A chorus sung six times says no more than one sung once.
 */
export function distinctLines(lyrics: string): string {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const raw of lyrics.split('\n')) {
    const line = raw.trim();
    const key = lineKey(line);
    if (!key || seen.has(key)) continue;
    seen.add(key);
    kept.push(line);
  }
  return kept.join('\n');
}

/** The most words that chosen lines have together. */
export const MOST_CHOSEN_WORDS = 60;

/** Lines by their places, from 0, as one text: "… / … / …". */
export function chosenLines(lyrics: string, places: readonly number[]): string {
  const lines = lyrics.split('\n');
  const words = places
    .map((at) => lines[at]?.trim())
    .filter(Boolean)
    .join(' / ')
    .split(/\s+/);
  // Lyrics may be one line without an end; the strokes between lines are no words.
  const most = MOST_CHOSEN_WORDS + places.length - 1;
  return words.length > most ? `${words.slice(0, most).join(' ')} …` : words.join(' ');
}
