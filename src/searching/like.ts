/**
 * Songs like other songs.
 * @module
 */
import { normalize } from '../embedding/unit-vector.js';
import { LyrecError } from '../errors.js';
import type { Field } from '../song.js';
import { lenient } from './judges.js';
import { Mix, type Signal } from './mix.js';
import type { Ranking } from './search.js';
import { modelsOf, popularitySignals, type QueryVector, type SignalOptions, signals } from './signals.js';
import type { SongStore } from './song-store.js';
import { WEIGHTS } from './weights.js';

/** What about songs is compared: their lyrics, what they are about, or both. */
export type Likeness = 'lyrics' | 'story' | 'both';

/** A model of the index, as the ranking needs it. */
export type RankingModel = Omit<QueryVector, 'vector'>;

// How much unlike the unwanted songs counts against like the wanted. Rocchio, "Relevance Feedback in Information
// Retrieval", 1971, whose usual values lie between 0.15 and 0.5.
const UNLIKE = 0.5;

/**
 * Songs like some and unlike others, without any of those themselves.
 *
 * @throws LyrecError `bad-argument` where none of the former has what is compared, as a song without a summary has no story.
 */
export function rankLike(
  store: SongStore,
  models: readonly RankingModel[],
  { like, but, by }: { readonly like: readonly number[]; readonly but: readonly number[]; readonly by: Likeness },
  options: SignalOptions = {},
): Ranking {
  const kinds = modelsOf(models);
  const likenesses = fieldsOf(store, by).flatMap((field) => {
    const vectors = models.flatMap((model) => {
      const vector = between(store, { field, model: model.model }, like, but);
      return vector ? [{ ...model, vector }] : [];
    });
    const { lyrics } = WEIGHTS[field === 'lyrics' ? 'song' : 'description without summaries'][kinds];
    const empty = { static: 0, encoder: 0, wording: 0 };
    const weights = field === 'lyrics' ? { lyrics, summary: empty } : { lyrics: empty, summary: lyrics };
    const found = signals(store, { text: null, vectors, models: kinds }, weights, {});
    return by === 'both' ? found.map(leniently) : found;
  });
  if (likenesses.length === 0) {
    throw new LyrecError('bad-argument', 'None of the songs given has anything to be compared by.', {
      hint: 'A song without a summary has no story; compare by lyrics.',
    });
  }
  const mix = new Mix([...likenesses, ...popularitySignals(options)]);
  const given = new Set([...like, ...but]);
  return ({ k, allowed }) => mix.best({ k, allowed: (id) => !given.has(id) && (allowed?.(id) ?? true) });
}

/** Songs without a summary are no worse for it where lyrics are compared too. */
function leniently({ name, weight, judge }: Signal): Signal {
  return {
    name,
    weight,
    judge: () => {
      const strict = judge();
      return strict && lenient(strict);
    },
  };
}

/** The fields that a likeness is seen in. @throws LyrecError `bad-argument` for stories where there are no summaries. */
export function fieldsOf(store: SongStore, by: Likeness): Field[] {
  const summaries = store.count('summary') > 0;
  if (by === 'story' && !summaries) {
    throw new LyrecError('bad-argument', 'The index has no summaries to compare stories by.', {
      hint: 'Compare by lyrics, or build from a CSV with a summary column.',
    });
  }
  if (by === 'story') return ['summary'];
  return by === 'both' && summaries ? ['summary', 'lyrics'] : ['lyrics'];
}

/** The unit vector in the middle of some songs and away from others; null where none of the former has a vector. */
function between(
  store: SongStore,
  space: { field: Field; model: string },
  like: readonly number[],
  but: readonly number[],
): Float32Array | null {
  const wanted = [...store.vectors(space, like).values()];
  const unwanted = [...store.vectors(space, but).values()];
  const [first] = wanted;
  if (!first) return null;
  const sum = new Float32Array(first.length);
  for (const vector of wanted) for (let d = 0; d < sum.length; d++) sum[d]! += vector[d]! / wanted.length;
  for (const vector of unwanted)
    for (let d = 0; d < sum.length; d++) sum[d]! -= (UNLIKE * vector[d]!) / unwanted.length;
  return sum.some((value) => value !== 0) ? normalize(sum) : null;
}
