/**
 * The lines that carry a song, where nobody has written what it is about: the refrain, the lines with the title in them, and
 * those nearest to what the whole song says. They are shown, not searched: the lyrics they come from already are.
 *
 * @module
 */
import type { Embedder } from '../embedding/embedder.js';
import { lineKey, MOST_CHOSEN_WORDS } from '../reading/lines.js';
import type { Song } from '../song.js';
import { dot } from '../vectors/vector-index.js';

const MOST_LINES = 6;
// Embedding every line would double what a build takes.
const CANDIDATES = 12;
// Lines that share more of their words than this say the same.
const SAME = 0.5;
// Set by eye on a hundred songs of the development sample, on the scale of the cosine, which is 0.2 to 0.7 for lines of a song.
const REFRAIN = 0.1;
const TITLE = 0.15;
const SHORT = 0.2;
const FEW_WORDS = 4;
// "[Chorus]", "Verse 2:", "(x2)"
const LABEL =
  /^\W*(intro|verse|pre.?chorus|chorus|refrain|bridge|hook|outro|repeat|solo|instrumental|x ?\d+|\d+ ?x)\b[\s\dx]*\W*$/i;

interface Line {
  /** Its place in the lyrics, from 0. */
  readonly at: number;
  readonly text: string;
  readonly words: readonly string[];
  times: number;
}

/**
 * Chooses at most six lines of at most 60 words together.
 *
 * @param vector the song's lyrics by this embedder.
 * @returns their places in the lyrics, from 0, in the order of the song; none only for lyrics without lines of words.
 */
export async function findKeyLines(song: Song, vector: Float32Array, embedder: Embedder): Promise<number[]> {
  const title = lineKey(song.title.replace(/\(.*?\)|\[.*?\]/g, ''));
  const lines = candidates(distinct(song.lyrics), title);
  const vectors = await embedder.embedDocuments(
    lines.map(({ text }) => text),
    'lyrics',
  );
  const ranked = lines
    .map((line, i) => ({ line, score: dot(vectors[i]!, vector) + bonus(line, title) }))
    .sort((a, b) => b.score - a.score);
  const chosen: Line[] = [];
  let words = 0;
  for (const { line } of ranked) {
    if (chosen.length === MOST_LINES) break;
    if (words + line.words.length > MOST_CHOSEN_WORDS || chosen.some((other) => alike(line, other))) continue;
    chosen.push(line);
    words += line.words.length;
  }
  // One line without an end is all some songs have.
  if (chosen.length === 0 && ranked[0]) chosen.push(ranked[0].line);
  return chosen.map(({ at }) => at).sort((a, b) => a - b);
}

function distinct(lyrics: string): Line[] {
  const lines = new Map<string, Line>();
  lyrics.split('\n').forEach((raw, at) => {
    const text = raw.trim();
    const key = lineKey(text);
    const there = lines.get(key);
    if (there) there.times++;
    else if (key && !LABEL.test(text)) lines.set(key, { at, text, words: key.split(/\s+/), times: 1 });
  });
  return [...lines.values()];
}

/** Refrain and title lines first, then lines from all over the song. */
function candidates(lines: readonly Line[], title: string): Line[] {
  if (lines.length <= CANDIDATES) return [...lines];
  const special = lines.filter((line) => bonus(line, title) > 0).slice(0, CANDIDATES);
  const plain = lines.filter((line) => !special.includes(line));
  const full = plain.filter(({ words }) => words.length >= FEW_WORDS);
  const others = full.length > 0 ? full : plain;
  const wanted = Math.min(CANDIDATES - special.length, others.length);
  return [...special, ...Array.from({ length: wanted }, (_, i) => others[Math.floor((i * others.length) / wanted)]!)];
}

function bonus({ words, times }: Line, title: string): number {
  const named = title !== '' && ` ${words.join(' ')} `.includes(` ${title} `);
  return Math.min(times - 1, 3) * (REFRAIN / 3) + (named ? TITLE : 0) - (words.length < FEW_WORDS ? SHORT : 0);
}

function alike(a: Line, b: Line): boolean {
  const ours = new Set(a.words);
  const shared = new Set(b.words.filter((word) => ours.has(word))).size;
  return shared > SAME * Math.min(ours.size, new Set(b.words).size);
}
