/**
 * Which lines of a song made it an answer.
 * @module
 */
import type { Embedder, QueryKind } from '../embedding/embedder.js';
import { distinctLines } from '../reading/lines.js';
import type { MatchingLine } from '../song.js';
import { dot } from '../vectors/vector-index.js';
import { gramsOf, plainWords } from '../wording/wording-index.js';

const LINES = 3;
// Two words are forms of one if they share this much of the longer one's letters.
const SAME_WORD = 0.6;

// Words that every line has are no reason to show it.
const LITTLE_WORDS = new Set(
  'a an and are as at be but by for from had has have he her his i im in is it its me my of on or our she so that the their them they this to was we were with you your'.split(
    ' ',
  ),
);

/**
 * The lines that match a question best, best first.
 *
 * A line's score is the mean of its vector's cosine with the question's and the share of its letters' runs that the
 * question has: sense and wording.
 */
export async function matchingLines(
  lyrics: string,
  question: { readonly text: string; readonly kind: QueryKind; readonly embedder: Embedder },
): Promise<MatchingLine[]> {
  const { text, kind, embedder } = question;
  const asked = await embedder.embedQuery(text, kind);
  const grams = new Set(gramsOf(text));
  const words = plainWords(text)
    .split(' ')
    .filter((word) => word && !LITTLE_WORDS.has(word));
  const lines: MatchingLine[] = [];
  for (const line of distinctLines(lyrics).split('\n')) {
    const own = gramsOf(line);
    const shared = own.reduce((count, gram) => count + (grams.has(gram) ? 1 : 0), 0) / Math.max(1, own.length);
    const cosine = dot(asked, await embedder.embedQuery(line, kind));
    lines.push({ text: line, score: (cosine + shared) / 2, words: sharedWords(line, words) });
  }
  return lines.sort((a, b) => b.score - a.score).slice(0, LINES);
}

/** Where the words of a line are that are also in a question, in one form or another. */
function sharedWords(line: string, asked: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const { 0: word, index } of line.matchAll(/[\p{L}\p{M}\p{N}'’]+/gu)) {
    const plain = plainWords(word);
    if (plain && asked.some((other) => sameWord(plain, other))) found.push([index, index + word.length]);
  }
  return found;
}

function sameWord(a: string, b: string): boolean {
  if (a === b) return true;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  return start >= 4 && start >= SAME_WORD * Math.max(a.length, b.length);
}
