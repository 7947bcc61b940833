/**
 * Text to the numbers of its word pieces, fast enough for thousands of songs a second.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LyrecError } from '../../errors.js';
import { findVocabulary, openVocabulary, type Vocabulary } from './vocabulary.js';

/** Turns a text into piece numbers, without special tokens and without pieces the model does not know. */
export interface PieceTokenizer {
  pieces(text: string): readonly number[];
}

// Lyrics draw on some 100,000 distinct words; beyond that memory is worth more than the time saved.
const CACHED_WORDS = 200_000;

type Encoder = (text: string) => readonly number[];

type Library = typeof import('@huggingface/tokenizers');

interface TokenizerFile {
  readonly model: {
    readonly type?: string;
    readonly vocab: Record<string, number> | readonly unknown[];
    readonly unk_token?: string;
    readonly continuing_subword_prefix?: string;
    readonly max_input_chars_per_word?: number;
  };
  readonly added_tokens?: readonly { readonly content: string }[];
  readonly normalizer: { readonly type?: string; readonly lowercase?: boolean } | null;
  readonly pre_tokenizer: { readonly type?: string } | null;
}

/**
 * Opens a `tokenizer.json`.
 *
 * @param known how many pieces the model has vectors for.
 * @throws LyrecError `model-missing` or `model-damaged`; the latter also from `pieces`, for a piece that has no vector.
 */
export function openTokenizer(file: string, known: number): PieceTokenizer {
  if (!existsSync(file)) {
    throw new LyrecError('model-missing', `The model has no ${file}.`, { hint: 'Fetch or train it again.' });
  }
  const damaged = (what: string, cause?: unknown) =>
    new LyrecError('model-damaged', `${file} ${what}.`, { hint: 'Fetch or train it again.', cause });
  let encode: Encoder;
  let splitsAtBlanks: boolean;
  try {
    const bytes = readFileSync(file);
    const { json, vocabulary } = readOutline(bytes);
    const any = () => generalEncoder(vocabulary ? parse(bytes) : json);
    encode = vocabulary && isBert(json) ? bertEncoder(json, vocabulary, lazily(any)) : any();
    // BERT's pre-tokenizer splits at blanks before anything else, so a word's pieces do not depend on its neighbours.
    splitsAtBlanks = json.pre_tokenizer?.type === 'BertPreTokenizer';
  } catch (cause) {
    throw damaged('is not a tokenizer', cause);
  }
  const checked: Encoder = (text) => {
    let ids: readonly number[];
    try {
      ids = encode(text);
    } catch (cause) {
      throw damaged('is not a tokenizer', cause);
    }
    if (ids.some((id) => id >= known)) throw damaged(`has pieces beyond the ${known} of the model's table`);
    return ids;
  };
  return { pieces: splitsAtBlanks ? wordByWord(checked) : checked };
}

/** The file without its vocabulary, and that apart; the whole file where the vocabulary is not BERT's or stands elsewhere. */
function readOutline(bytes: Buffer): { json: TokenizerFile; vocabulary: Vocabulary | null } {
  const place = findVocabulary(bytes);
  if (!place) return { json: parse(bytes), vocabulary: null };
  const outline = Buffer.concat([bytes.subarray(0, place.start), Buffer.from('{}'), bytes.subarray(place.end)]);
  return { json: parse(outline), vocabulary: openVocabulary(bytes.subarray(place.start, place.end)) };
}

function parse(bytes: Buffer): TokenizerFile {
  const json = JSON.parse(bytes.toString('utf8')) as TokenizerFile;
  if (typeof json.model?.vocab !== 'object') throw new TypeError('There is no vocabulary.');
  return json;
}

/** Whether words are split at blanks and punctuation, lowered, and cut into the longest known pieces, as in BERT. */
function isBert({ model, normalizer, pre_tokenizer }: TokenizerFile): boolean {
  return (
    model.type === 'WordPiece' &&
    normalizer?.type === 'BertNormalizer' &&
    normalizer.lowercase === true &&
    pre_tokenizer?.type === 'BertPreTokenizer'
  );
}

/** Any tokenizer there is, by the library: right for every text, but a tenth of a one-shot question's time to load. */
function generalEncoder(json: TokenizerFile): Encoder {
  const { Tokenizer } = createRequire(import.meta.url)('@huggingface/tokenizers') as Library;
  const tokenizer = new Tokenizer(json, {});
  const unknown = json.model.unk_token === undefined ? undefined : tokenizer.token_to_id(json.model.unk_token);
  return (text) =>
    (tokenizer.encode(text, { add_special_tokens: false }).ids as number[]).filter((id) => id !== unknown);
}

/**
 * BERT's rules for words of plain letters, digits and punctuation, which most words of songs are; `any` for the others,
 * and for words that hold one of the model's own signs, such as [MASK].
 */
function bertEncoder({ model, added_tokens = [] }: TokenizerFile, { idOf }: Vocabulary, any: Encoder): Encoder {
  const prefix = model.continuing_subword_prefix ?? '##';
  const longest = model.max_input_chars_per_word ?? 100;
  const unknown = model.unk_token === undefined ? undefined : idOf(model.unk_token);

  /** The longest known piece, then the longest of the rest, and so on; nothing if a part is unknown. */
  function cut(part: string): number[] {
    const ids: number[] = [];
    if (part.length > longest) return ids;
    for (let start = 0; start < part.length; ) {
      let end = part.length;
      let id: number | undefined;
      for (; end > start; end--) {
        id = idOf((start > 0 ? prefix : '') + part.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return [];
      ids.push(id);
      start = end;
    }
    return ids.filter((id) => id !== unknown);
  }

  return (word) => {
    const isPlain = /^[\x21-\x7e]+$/.test(word) && !added_tokens.some(({ content }) => word.includes(content));
    return isPlain ? (word.toLowerCase().match(/[a-z0-9]+|[^a-z0-9]/g) ?? []).flatMap(cut) : any(word);
  };
}

/** Makes an encoder when it is first called. */
function lazily(make: () => Encoder): Encoder {
  let made: Encoder | undefined;
  return (text) => {
    made ??= make();
    return made(text);
  };
}

/** The same words come again and again. */
function wordByWord(encode: Encoder): Encoder {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    const out: number[] = [];
    for (const word of text.split(/\s+/)) {
      if (!word) continue;
      let ids = known.get(word);
      if (!ids) {
        ids = encode(word);
        if (known.size < CACHED_WORDS) known.set(word, ids);
      }
      for (const id of ids) out.push(id);
    }
    return out;
  };
}
