/**
 * Text to the numbers of its word pieces, fast enough for thousands of songs a second.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { LyrecError } from '../../errors.js';

/** Turns a text into piece numbers, without special tokens and without pieces the model does not know. */
export interface PieceTokenizer {
  /** How many pieces there are. */
  readonly vocabulary: number;
  pieces(text: string): readonly number[];
}

// Lyrics draw on some 100,000 distinct words; beyond that memory is worth more than the time saved.
const CACHED_WORDS = 200_000;

interface TokenizerFile {
  readonly model: {
    readonly type?: string;
    readonly vocab: Record<string, number> | readonly unknown[];
    readonly unk_token?: string;
  };
  readonly pre_tokenizer: { readonly type?: string } | null;
}

/**
 * Opens a `tokenizer.json`.
 *
 * @throws LyrecError `model-missing` or `model-damaged`.
 */
export function openTokenizer(file: string): PieceTokenizer {
  if (!existsSync(file)) {
    throw new LyrecError('model-missing', `The model has no ${file}.`, { hint: 'Fetch or train it again.' });
  }
  let json: TokenizerFile;
  let tokenizer: Tokenizer;
  try {
    json = JSON.parse(readFileSync(file, 'utf8')) as TokenizerFile;
    tokenizer = json.model.type === 'WordPiece' ? wordPieceTokenizer(json) : new Tokenizer(json, {});
  } catch (cause) {
    throw new LyrecError('model-damaged', `${file} is not a tokenizer.`, { hint: 'Fetch or train it again.', cause });
  }
  const vocab = json.model.vocab;
  const unknown = json.model.unk_token === undefined ? undefined : tokenizer.token_to_id(json.model.unk_token);
  const encode = (text: string) =>
    (tokenizer.encode(text, { add_special_tokens: false }).ids as number[]).filter((id) => id !== unknown);
  // BERT's pre-tokenizer splits at blanks before anything else, so a word's pieces do not depend on its neighbours.
  const splitsAtBlanks = json.pre_tokenizer?.type === 'BertPreTokenizer';
  return {
    vocabulary: Array.isArray(vocab) ? vocab.length : Object.keys(vocab).length,
    pieces: splitsAtBlanks ? wordByWord(encode) : encode,
  };
}

/**
 * The library's tokenizer over the vocabulary as it was parsed. It would copy all 30,000 pieces into a map first, which
 * costs a one-shot question a tenth of its time, and looks up a few dozen of them.
 */
function wordPieceTokenizer(json: TokenizerFile): Tokenizer {
  const all = json.model.vocab as Record<string, number>;
  const unknown = json.model.unk_token ?? '[UNK]';
  const tokenizer = new Tokenizer({ ...json, model: { ...json.model, vocab: { [unknown]: all[unknown] } } }, {});
  const vocabulary = {
    has: (piece: string) => Object.hasOwn(all, piece),
    get: (piece: string) => (Object.hasOwn(all, piece) ? all[piece] : undefined),
  };
  Object.assign(tokenizer.model, { tokens_to_ids: vocabulary });
  return tokenizer;
}

function wordByWord(encode: (text: string) => number[]): (text: string) => number[] {
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
