/**
 * What makes two lines of lyrics the same line.
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
