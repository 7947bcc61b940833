/**
 * How an encoder is used: from the user's flags, else the model's own files, else the table of families.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LyrecError } from '../../errors.js';
import { chooseDtype, type Dtype } from '../../hub/dtype.js';
import { familyOf } from '../families.js';
import { type EncoderPooling, POOLINGS } from '../pooling.js';
import type { ModelChoice } from '../types.js';

/** Everything that decides what a text's vector is, apart from the weights. */
export interface EncoderSettings {
  readonly pooling: EncoderPooling;
  readonly queryPrompt: string;
  readonly passagePrompt: string;
  /** The precision of the weights, which names their file. */
  readonly dtype: Dtype;
  /** The most tokens of one piece, special tokens and prompt included. */
  readonly window: number;
  /** Whether a line of lyrics that comes again is read again. */
  readonly repeatedLines: 'all' | 'once';
  /** How many pieces of long lyrics are read; null for all. */
  readonly pieces: number | null;
}

// Attention grows with the square of the length: longer pieces cost more than they tell. Few songs are longer.
const LARGEST_WINDOW = 2048;
const USUAL_WINDOW = 512;

/** The settings of a model in a folder. @throws LyrecError `bad-argument`, `model-missing` or `model-damaged`. */
export function encoderSettings(folder: string, choice: ModelChoice): EncoderSettings {
  const config = readJson<ConfigFile>(folder, 'config.json') ?? {};
  const tokenizer = readJson<TokenizerConfigFile>(folder, 'tokenizer_config.json') ?? {};
  const sentences = readJson<{ max_seq_length?: number }>(folder, 'sentence_bert_config.json');
  const prompts = readJson<PromptsFile>(folder, 'config_sentence_transformers.json')?.prompts;
  const family = familyOf(choice.model);
  const recommended = config['transformers.js_config']?.dtype;
  const { repeatedLines, pieces } = lyrecSettings(folder, config);
  const claims = [
    sentences?.max_seq_length ?? tokenizer.model_max_length,
    family.window,
    positions(config),
    LARGEST_WINDOW,
  ];
  const known = claims.slice(0, -1).some((claim) => claim !== undefined);
  return {
    pooling: choice.pooling ?? ownPooling(folder) ?? family.pooling,
    // Recent sentence-transformers write empty prompts into every model: those say nothing.
    queryPrompt: choice.queryPrompt ?? (prompts?.query || (family.queryPrompt ?? '')),
    passagePrompt: choice.passagePrompt ?? (prompts?.document || prompts?.passage || (family.passagePrompt ?? '')),
    dtype: chooseDtype(
      (file) => existsSync(join(folder, file)),
      choice.dtype,
      typeof recommended === 'string' ? recommended : undefined,
      choice.model,
    ),
    window: known ? Math.min(...claims.filter((claim) => claim !== undefined)) : USUAL_WINDOW,
    repeatedLines,
    pieces,
  };
}

interface ConfigFile {
  readonly model_type?: string;
  readonly max_position_embeddings?: number;
  readonly pad_token_id?: number;
  readonly 'transformers.js_config'?: { readonly dtype?: unknown };
  readonly lyrec?: { readonly repeated_lines?: unknown; readonly pieces?: unknown };
}

interface TokenizerConfigFile {
  readonly model_max_length?: number;
}

interface PromptsFile {
  readonly prompts?: { readonly query?: string; readonly document?: string; readonly passage?: string };
}

/** What our own fields of config.json say: the tuned encoder was trained on the first piece, repeated lines said once. */
function lyrecSettings(folder: string, { lyrec }: ConfigFile): Pick<EncoderSettings, 'repeatedLines' | 'pieces'> {
  const repeatedLines = lyrec?.repeated_lines ?? 'all';
  if (repeatedLines !== 'all' && repeatedLines !== 'once') {
    throw damagedModel(folder, `repeated_lines "${repeatedLines}" is not known`);
  }
  const pieces = lyrec?.pieces ?? null;
  if (pieces !== null && !(Number.isInteger(pieces) && Number(pieces) > 0)) {
    throw damagedModel(folder, `pieces "${pieces}" is not known`);
  }
  return { repeatedLines, pieces: pieces === null ? null : Number(pieces) };
}

/** How many tokens have a place; RoBERTa and its kin count from behind the padding token. */
function positions({
  model_type,
  max_position_embeddings: all,
  pad_token_id: pad = 1,
}: ConfigFile): number | undefined {
  if (all === undefined || all <= 0) return undefined;
  return /roberta|camembert|mpnet/.test(model_type ?? '') ? all - pad - 1 : all;
}

/** How the model's own sentence-transformers files say that it is pooled. */
function ownPooling(folder: string): EncoderPooling | undefined {
  const modules = readJson<readonly { type?: string }[]>(folder, 'modules.json');
  // A layer behind the pooling is part of the exported graph or nowhere.
  if (Array.isArray(modules) && modules.some(({ type }) => type?.endsWith('Dense'))) return 'model';
  const file = readJson<Readonly<Record<string, unknown>>>(folder, '1_Pooling/config.json');
  if (!file) return undefined;
  const modes = Object.keys(file).filter((key) => key.startsWith('pooling_mode_') && file[key] === true);
  if (modes.length === 1) {
    if (modes[0] === 'pooling_mode_mean_tokens') return 'mean';
    if (modes[0] === 'pooling_mode_cls_token') return 'cls';
    if (modes[0] === 'pooling_mode_lasttoken') return 'last_token';
  }
  throw new LyrecError('model-damaged', `The model in ${folder} pools in a way that LyRec does not know.`, {
    hint: `Choose one with --pooling: ${POOLINGS.join(', ')}.`,
  });
}

function readJson<T>(folder: string, name: string): T | null {
  const file = join(folder, name);
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    throw damagedModel(folder, `its ${name} is not JSON`);
  }
}

/** The error for a model folder whose parts make no model. */
export function damagedModel(folder: string, why: string, cause?: unknown): LyrecError {
  return new LyrecError('model-damaged', `The model in ${folder} cannot be used: ${why}.`, {
    hint: 'Fetch or export it again.',
    cause,
  });
}
