/**
 * A language model's answer as a summary, or the reason why it is none.
 *
 * The answer is text and stays text: nothing in it is followed, and characters that could move a terminal's cursor or
 * turn its writing round are taken out.
 *
 * @module
 */
import { quotedShare, wordsOf } from './quotes.js';

/** Why an answer is not kept. */
export type Unusable =
  | 'empty'
  | 'a refusal'
  | 'too short'
  | 'cut off'
  | 'not prose'
  | 'quotes the lyrics'
  | 'repeats its instructions'
  | 'repeats itself';

/** A usable summary, or why there is none. */
export type Cleaned =
  | { readonly summary: string /** Whether anything was taken away. */; readonly changed: boolean }
  | { readonly unusable: Unusable };

/** What an answer is measured against. */
export interface Asked {
  readonly lyrics: string;
  /** What the model was told; it must not come back. */
  readonly instructions?: string;
  /** Whether the model was stopped before it had finished. */
  readonly cut?: boolean;
}

// The prompt wants 150 words. What is longer by more than a sentence or two is shortened to whole sentences.
const MOST_WORDS = 190;
const FEWEST_WORDS = 15;
// A summary may use the song's words, a line of them now and then; not live on them. Summaries of a small model were above
// 0.15 where they recited the song, and below where they told of it.
const MOST_QUOTED = 0.15;
const QUOTED_SENTENCE = 0.5;
const MOST_INSTRUCTIONS = 0.4;
// An answer of a megabyte is a broken server; its beginning is enough to see that.
const LONGEST = 20_000;

const REFUSAL =
  /^(i['’]?m (sorry|unable|not able)|i am (sorry|unable|not able)|sorry\b|my apologies|apologies|i apologi[sz]e|i (can ?not|can['’]t|won['’]t|will not|do not feel)|as an? (ai|artificial|large language|language) |unfortunately,? i|no lyrics (were|are) )/i;
const PREAMBLE =
  /^((sure|certainly|of course|okay|ok|absolutely|great|here you go)\b[^.!:\n]{0,40}[.!,:]\s*)?((here(['’]s| is| are)|below is|the following is|this is)\b[^.\n]{0,160}?:|(song )?(summary|description|answer|response|output)( of [^.:\n]{0,80})?:|in (150|\d+) words( or (less|fewer))?:)\s*/i;
const COURTESY = /^(sure|certainly|of course|okay|absolutely)\b[^.!:\n]{0,60}[.!:]\s+/i;
const FAREWELL =
  /(^|\s)(i hope (this|that) helps|let me know if|please let me know|feel free to|would you like me|is there anything else|\(?word count|\(?\d{2,3} words\b|note: )[\s\S]*$/i;

/** Makes a summary of an answer. */
export function cleanSummary(answer: string, { lyrics, instructions = '', cut = false }: Asked): Cleaned {
  const raw = answer.slice(0, LONGEST).trim();
  let text = withoutFrame(plainProse(raw));
  if (!text) return { unusable: 'empty' };
  if (REFUSAL.test(text)) return { unusable: 'a refusal' };
  if (!isProse(text)) return { unusable: 'not prose' };

  const whole = sentencesOf(text);
  const unfinished = cut || answer.length > LONGEST || !/[.!?…"”'’)。！？]$/.test(text);
  const finished = unfinished ? whole.filter((sentence) => /[.!?…。！？]["”'’)]*$/.test(sentence)) : whole;
  if (finished.length === 0) return { unusable: cut ? 'cut off' : 'not prose' };
  const once = distinct(finished);
  if (once.length * 2 < finished.length) return { unusable: 'repeats itself' };

  if (quotedShare(once.join(' '), instructions) > MOST_INSTRUCTIONS) return { unusable: 'repeats its instructions' };
  const own = once.filter((sentence) => quotedShare(sentence, lyrics) < QUOTED_SENTENCE);
  text = firstWords(own, MOST_WORDS).join(' ');
  if (quotedShare(text, lyrics) > MOST_QUOTED || own.length * 2 < once.length) return { unusable: 'quotes the lyrics' };
  const words = wordsOf(text);
  if (words.length < FEWEST_WORDS) return { unusable: unfinished ? 'cut off' : 'too short' };
  if (words.length >= 40 && new Set(words).size < words.length * 0.3) return { unusable: 'repeats itself' };
  return { summary: text, changed: text !== raw };
}

/** One paragraph without markdown, thoughts and control characters. */
function plainProse(text: string): string {
  return text
    .replace(/<think(ing)?>[\s\S]*?(<\/think(ing)?>|$)/gi, '')
    .replace(/^[\s\S]*<\/think(ing)?>/i, '')
    .replace(/<\/?(lyrics|summary|answer|p|br|b|i|em|strong)\s*\/?>/gi, ' ')
    .replace(/<\|[^|>\n]{1,40}\|>/g, ' ')
    .normalize('NFC')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/\p{Cc}\[[\d;?]*[A-Za-z]/gu, '')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .replace(/^\s*```\w*\s*$/gm, '')
    .replace(/^\s*#{1,6}\s+.*$/gm, '')
    .replace(/^\s*(song )?(title|artist|album|year|genre)\s*:.*$/gim, '')
    .replace(/^\s*(\*\*|__)[^*_\n]{1,60}(\*\*|__)\s*:?\s*$/gm, '')
    .replace(/(\*\*|__)([^*_\n]+?)\1/g, '$2')
    .replace(/(^|[\s("])[*_]([^*_\n]+?)[*_](?=[\s.,;:!?)"]|$)/g, '$1$2')
    .replace(/^\s*([-*•]|\d{1,2}[.)])\s+/gm, '')
    .replace(/^\s*[-=_*]{3,}\s*$/gm, '')
    .replace(/^\s*>\s?/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Without what a polite model says before and after. */
function withoutFrame(prose: string): string {
  const body = prose.replace(COURTESY, '').replace(PREAMBLE, '').replace(FAREWELL, '').trim();
  const quoted = /^["“'‘](.*)["”'’]$/s.exec(body);
  return quoted && !/["“”]/.test(quoted[1]!) ? quoted[1]!.trim() : body;
}

/** Words and the signs between them, not code, tables or noise. */
function isProse(text: string): boolean {
  const usual = text.match(/[\p{L}\p{M}\s.,;:!?'’"“”()–—-]/gu)?.length ?? 0;
  return usual >= text.length * 0.9 && !/<html|<!doctype|<body|"choices"|\{\s*"/i.test(text);
}

function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?…]["”'’)]*)\s+(?=["“'‘(]?\p{Lu})|(?<=[。！？])/u).filter(Boolean);
}

function distinct(sentences: readonly string[]): string[] {
  const seen = new Set<string>();
  return sentences.filter((sentence) => {
    const key = wordsOf(sentence).join(' ');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** As many whole sentences as have no more than `most` words together, the first in any case. */
function firstWords(sentences: readonly string[], most: number): string[] {
  let count = 0;
  return sentences.filter((sentence, place) => {
    count += wordsOf(sentence).length;
    return place === 0 || count <= most;
  });
}
