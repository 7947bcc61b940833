/**
 * The vocabulary of a `tokenizer.json`, looked up in the file's bytes.
 *
 *     {"normalizer": …, "model": {"type": "WordPiece", …, "vocab": {"[PAD]": 0, …, "rain": 4542, … }}}
 *                                                                    └── half a megabyte ──┘
 *
 * Making an object of 30,000 pieces costs as much as everything else a one-shot question does with its model, and the
 * question looks up a dozen. So pieces are searched for in the bytes, a tenth of a millisecond each, until so many were
 * asked for that the object pays.
 *
 * @module
 */

/** The number of each piece, by its text. */
export interface Vocabulary {
  /** Undefined for a piece that is not there. */
  idOf(piece: string): number | undefined;
}

// About as many as take the time of making the object.
const SEARCHES = 64;

const BACKSLASH = 0x5c;

// The end of the object: a number, a closing brace. A piece with such an end inside has its quote escaped.
const LAST_ENTRY = /(?:[^\\]|\\\\)"\s*:\s*\d+\s*$/;

/**
 * Finds the object `"vocab"` in the bytes of a tokenizer's JSON.
 *
 * @returns where it starts and ends (its braces included); null where nothing looks like it.
 */
export function findVocabulary(bytes: Buffer): { readonly start: number; readonly end: number } | null {
  const key = bytes.indexOf('"vocab"');
  const start = key < 0 ? -1 : bytes.indexOf('{', key);
  if (start < 0 || !/^"vocab"\s*:\s*$/.test(bytes.toString('latin1', key, start))) return null;
  for (let close = bytes.indexOf('}', start); close >= 0; close = bytes.indexOf('}', close + 1)) {
    if (LAST_ENTRY.test(bytes.toString('latin1', Math.max(start, close - 64), close))) return { start, end: close + 1 };
  }
  return null;
}

/** A vocabulary whose pieces are found in the bytes of its JSON object, or in the object once that pays. */
export function openVocabulary(json: Buffer): Vocabulary {
  let parsed: Readonly<Record<string, number>> | undefined;
  let searches = 0;
  const searched = (piece: string): number | undefined => {
    const entry = `"${piece}"`;
    for (let at = json.indexOf(entry); at >= 0; at = json.indexOf(entry, at + 1)) {
      const number = /^\s*:\s*(\d+)/.exec(json.toString('latin1', at + entry.length, at + entry.length + 24));
      if (number && json[at - 1] !== BACKSLASH) return Number(number[1]);
    }
    return undefined;
  };
  return {
    idOf(piece) {
      // Others may be escaped in more than one way.
      const isPlain = /^[\x20-\x7e]*$/.test(piece) && !/["\\/]/.test(piece);
      if (!parsed && isPlain && searches++ < SEARCHES) return searched(piece);
      parsed ??= JSON.parse(json.toString('utf8')) as Record<string, number>;
      return Object.hasOwn(parsed, piece) ? parsed[piece] : undefined;
    },
  };
}
