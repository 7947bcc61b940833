/**
 * From a question to the signals it is answered by.
 * @module
 */
import type { Embedder, QueryKind } from '../embedding/embedder.js';
import type { Field } from '../song.js';
import type { Signal } from './mix.js';
import type { Judge, SongStore } from './song-store.js';
import { type FieldWeights, type Models, type QuestionKind, WEIGHTS, type Weights } from './weights.js';

/** What a model is: a table or an encoder. */
export type ModelKind = Embedder['kind'];

/** A question's text as one of the index's models sees it. */
export interface QueryVector {
  readonly model: string;
  /** The model's name, for explanations. */
  readonly name: string;
  readonly kind: ModelKind;
  readonly vector: Float32Array;
}

/** A question in the forms it is compared in. */
export interface Question {
  /** Null where there are only vectors, as of songs that others are to be like. */
  readonly text: string | null;
  readonly vectors: readonly QueryVector[];
  /** What the index has, whether or not it has a say here. */
  readonly models: Models;
}

/** What a question is answered by besides its own words. */
export interface SignalOptions {
  /** Only vectors, and of one field: the article's plain behaviour. */
  readonly dense?: boolean | undefined;
  /** How popular songs are, and how much that counts. */
  readonly popularity?: { readonly judge: Judge; readonly weight: number } | undefined;
}

/** Up to this many words lyrics are an excerpt, in which each word counts; a verse has about 60, a song 250. */
const EXCERPT_WORDS = 100;

/** Which kind of question some lyrics are. */
export function kindOfLyrics(lyrics: string): QuestionKind {
  return lyrics.split(/\s+/, EXCERPT_WORDS + 2).length <= EXCERPT_WORDS ? 'excerpt' : 'song';
}

/** What an index's vectors come from. */
export function modelsOf(embedders: readonly { readonly kind: ModelKind }[]): Models {
  return embedders.some(({ kind }) => kind === 'encoder') ? 'static and encoder' : 'static';
}

/** Which kinds of models have a say in a question. */
export function countingKinds(question: {
  readonly text: string;
  readonly kind: QueryKind;
  readonly models: Models;
  readonly dense?: boolean | undefined;
}): ReadonlySet<ModelKind> {
  const { text, kind, models, dense = false } = question;
  const rows: readonly QuestionKind[] =
    kind === 'description' ? ['description', 'description without summaries'] : [dense ? 'song' : kindOfLyrics(text)];
  const weights = rows.flatMap((row): FieldWeights[] => [WEIGHTS[row][models].lyrics, WEIGHTS[row][models].summary]);
  return new Set((['static', 'encoder'] as const).filter((name) => weights.some((field) => field[name] > 0)));
}

/** The signals for a question about lyrics. */
export function lyricsSignals(store: SongStore, question: Question, options: SignalOptions): Signal[] {
  const kind = question.text === null || options.dense ? 'song' : kindOfLyrics(question.text);
  return signals(store, question, WEIGHTS[kind][question.models], options);
}

/** The signals for a description, judged by the summaries or, for songs without one, by the lyrics. */
export function descriptionSignals(
  store: SongStore,
  question: Question,
  field: Field,
  options: SignalOptions,
): Signal[] {
  const plain = WEIGHTS['description without summaries'][question.models];
  if (field === 'lyrics') return signals(store, question, plain, options);
  const weights = options.dense
    ? { summary: { ...plain.lyrics, wording: 0 }, lyrics: plain.summary }
    : WEIGHTS.description[question.models];
  return signals(store, question, weights, options);
}

/** The signals of weights; where no model knows the question's words, its wording alone. */
export function signals(store: SongStore, question: Question, weights: Weights, options: SignalOptions): Signal[] {
  const { text, vectors } = question;
  const found: Signal[] = [];
  for (const field of ['summary', 'lyrics'] as const) {
    const { wording, ...byKind } = weights[field];
    for (const { model, name, kind, vector } of vectors) {
      if (byKind[kind] === 0) continue;
      const space = { field, model };
      found.push({
        name: `${field} by ${name}`,
        weight: byKind[kind],
        judge: () => store.byVector(space, vector),
        nearest: (k, allowed) => store.nearest(space, vector, k, allowed && { allowed }),
      });
    }
    const alone = vectors.length === 0 && (byKind.static > 0 || byKind.encoder > 0) ? 1 : 0;
    const weight = options.dense || text === null ? 0 : wording || alone;
    if (text !== null && weight > 0) {
      found.push({ name: `wording of ${field}`, weight, judge: () => store.byWording(field, text) });
    }
  }
  return [...found, ...popularitySignals(options)];
}

/** Popularity as a signal like the others, where it was asked for. */
export function popularitySignals({ popularity }: SignalOptions): Signal[] {
  if (!popularity || popularity.weight === 0) return [];
  return [{ name: 'popularity', weight: popularity.weight, judge: () => popularity.judge }];
}
