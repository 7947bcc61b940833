/**
 * How much each signal counts in the answer to each kind of question: the one place for it. Only ratios within a row
 * matter. `lyrec info` prints the rows an index uses; `bench/fit-weights.js` fits them.
 * @module
 */

/** How much the signals over one field count: a static model's vectors, an encoder's, and the wording. */
export interface FieldWeights {
  readonly static: number;
  readonly encoder: number;
  readonly wording: number;
}

/** The weights for one kind of question. */
export interface Weights {
  readonly lyrics: FieldWeights;
  readonly summary: FieldWeights;
}

/**
 * Kinds of questions:
 * a description where songs have summaries, a description where they have none, a few lines of lyrics, a whole song.
 */
export type QuestionKind = 'description' | 'description without summaries' | 'excerpt' | 'song';

/** What an index's vectors come from. */
export type Models = 'static' | 'static and encoder';

const none: FieldWeights = { static: 0, encoder: 0, wording: 0 };

// Written by bench/fit-weights.js from here to the end of FITTED.
const FITTED = {
  description: {
    static: {
      summary: { static: 1, encoder: 0, wording: 0.35 },
      lyrics: { static: 0.5, encoder: 0, wording: 0 },
    },
    'static and encoder': {
      summary: { static: 0, encoder: 1, wording: 0.2 },
      lyrics: { static: 0, encoder: 0.35, wording: 0 },
    },
  },
  'description without summaries': {
    static: {
      summary: { static: 0, encoder: 0, wording: 0 },
      lyrics: { static: 1, encoder: 0, wording: 0 },
    },
    'static and encoder': {
      summary: { static: 0, encoder: 0, wording: 0 },
      lyrics: { static: 0.2, encoder: 1, wording: 0 },
    },
  },
  excerpt: {
    static: {
      summary: { static: 0, encoder: 0, wording: 0 },
      lyrics: { static: 0.1, encoder: 0, wording: 1 },
    },
    'static and encoder': {
      summary: { static: 0, encoder: 0, wording: 0 },
      lyrics: { static: 0.1, encoder: 0, wording: 1 },
    },
  },
} satisfies Partial<Record<QuestionKind, Record<Models, Weights>>>;

export const WEIGHTS: Readonly<Record<QuestionKind, Readonly<Record<Models, Weights>>>> = {
  ...FITTED,
  // Not fitted: nobody has said which songs are right. The words themselves count, and those the table keeps better.
  song: {
    static: { summary: none, lyrics: { static: 1, encoder: 0, wording: 0 } },
    'static and encoder': { summary: none, lyrics: { static: 1, encoder: 0.5, wording: 0 } },
  },
};
