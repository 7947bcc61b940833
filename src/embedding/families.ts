/**
 * How the well-known encoders are meant to be used, for model folders that do not say it themselves.
 * @module
 */
import type { EncoderPooling } from './pooling.js';

/** How a family of models is used. */
export interface Family {
  readonly pooling: EncoderPooling;
  readonly queryPrompt?: string;
  readonly passagePrompt?: string;
  /** The most tokens its members were trained to read, where their files claim more. */
  readonly window?: number;
}

// The article's task, in the form that instruction-tuned encoders expect.
const TASK = 'Instruct: Given the lyrics, retrieve relevant songs\nQuery:';
const SEARCHING = 'Represent this sentence for searching relevant passages: ';

/** A model's name decides; the first pattern that fits wins. Prompts are those of each model's card. */
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/qwen3-embedding/, { pooling: 'last_token', queryPrompt: TASK }],
  [/gte-qwen|e5-mistral|sfr-embedding|linq-embed/, { pooling: 'last_token', queryPrompt: `${TASK} ` }],
  [/e5-.*-instruct/, { pooling: 'mean', queryPrompt: `${TASK} ` }],
  [/(^|[_-])e5-/, { pooling: 'mean', queryPrompt: 'query: ', passagePrompt: 'passage: ' }],
  [/bge-m3/, { pooling: 'cls' }],
  [/bge-.*-zh/, { pooling: 'cls', queryPrompt: '为这个句子生成表示以用于检索相关文章：' }],
  [/bge-/, { pooling: 'cls', queryPrompt: SEARCHING }],
  [/mxbai-embed/, { pooling: 'cls', queryPrompt: SEARCHING }],
  [/arctic-embed.*v2/, { pooling: 'cls', queryPrompt: 'query: ' }],
  [/arctic-embed/, { pooling: 'cls', queryPrompt: SEARCHING }],
  [
    /nomic-embed|modernbert-embed/,
    { pooling: 'mean', queryPrompt: 'search_query: ', passagePrompt: 'search_document: ' },
  ],
  [
    /embeddinggemma/,
    { pooling: 'model', queryPrompt: 'task: search result | query: ', passagePrompt: 'title: none | text: ' },
  ],
  [/jina-embeddings/, { pooling: 'mean' }],
  [/gte-.*-v1\.5|gte-modernbert/, { pooling: 'cls' }],
  [/all-minilm-l12/, { pooling: 'mean', window: 128 }],
  [/all-minilm/, { pooling: 'mean', window: 256 }],
  [/all-mpnet/, { pooling: 'mean', window: 384 }],
];

// What sentence-transformers does with a model that says nothing.
const PLAIN: Family = { pooling: 'mean' };

/** The family of a model by the last part of its name or folder; plain averaging without prompts for a name nobody knows. */
export function familyOf(model: string): Family {
  const name = model.split(/[\\/]/).filter(Boolean).at(-1)?.toLowerCase() ?? '';
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? PLAIN;
}
