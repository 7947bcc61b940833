/**
 * How well an index answers: questions whose right song is known, asked one by one.
 *
 *     cases ─► LyRec ─► the right song's place in each answer ─► figures with intervals
 *
 * @module
 */
import { LyrecError } from '../errors.js';
import type { Answer, BothOptions, LyRec } from '../lyrec.js';
import type { Query } from '../song.js';
import type { EvaluationCase } from './cases.js';
import { differencesOf, type Metrics, metricsOf, type Rank } from './metrics.js';

export {
  type CaseLine,
  type EvaluationCase,
  type ResolvedCases,
  readCases,
  resolveCases,
  type SongReference,
  type UnknownSong,
} from './cases.js';
export { excerptCases } from './excerpts.js';
export { type Estimate, type Metrics, meanReciprocalRank, ndcgAt, type Rank, recallAt } from './metrics.js';

/** What a case asks, by the command that asks it. */
export type CaseKind = 'describe' | 'lyrics' | 'both';

/** How to evaluate. */
export interface EvaluateOptions {
  /** How many songs of each answer are looked at; 50 unless given. */
  readonly depth?: number;
  /** How each question is asked. */
  readonly settings?: Omit<BothOptions, 'k'>;
  /** Called with the number of questions asked so far. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** The figures of the cases of one kind, or of all. */
export interface KindResult {
  readonly kind: CaseKind | 'all';
  readonly cases: number;
  readonly metrics: Metrics;
}

/** How an index answered. */
export interface Evaluation {
  readonly depth: number;
  /** In the order of the cases. */
  readonly kinds: readonly CaseKind[];
  /** In the order of the cases. */
  readonly ranks: readonly Rank[];
  /** How many questions held no word that the index knows, neither its models nor its wording; their songs count as not found. */
  readonly unanswered: number;
  /** One result a kind of case; where there are several kinds, one of all cases as well. */
  readonly results: readonly KindResult[];
}

const DEPTH = 50;
const KINDS: readonly CaseKind[] = ['describe', 'lyrics', 'both'];

/**
 * Asks every case and says where the right songs came.
 *
 * @param lyrec open it with `search: 'exact'`, as the commands do, unless the graph is what is to be measured.
 * @throws LyrecError `bad-argument` for no cases or a depth below 1, `interrupted`.
 */
export async function evaluate(
  lyrec: LyRec,
  cases: readonly EvaluationCase[],
  { depth = DEPTH, settings = {}, onProgress, signal }: EvaluateOptions = {},
): Promise<Evaluation> {
  if (cases.length === 0) throw new LyrecError('bad-argument', 'There are no cases to evaluate.');
  const ranks: Rank[] = [];
  let unanswered = 0;
  for (const { songIds, query } of cases) {
    const answer = await ask(lyrec, query, { ...settings, k: depth });
    if (answer === null) unanswered++;
    // A song folded into a result is named there.
    const right = answer?.matches.find(({ song, also }) => [song, ...also].some(({ id }) => songIds.includes(id)));
    ranks.push(right?.rank ?? null);
    onProgress?.(ranks.length);
    await new Promise(setImmediate);
    if (signal?.aborted) throw new LyrecError('interrupted', 'Interrupted; nothing was measured.');
  }
  const kinds = cases.map(({ query }) => kindOf(query));
  const results = byKind(kinds).map(({ kind, places }) => ({
    kind,
    cases: places.length,
    metrics: metricsOf(pick(ranks, places), depth),
  }));
  return { depth, kinds, ranks, unanswered, results };
}

/**
 * By how much the second evaluation of the same cases is better than the first, kind by kind.
 *
 * @throws LyrecError `bad-argument` where the two are not of the same cases to the same depth.
 */
export function compareEvaluations(first: Evaluation, second: Evaluation): KindResult[] {
  if (first.kinds.join() !== second.kinds.join() || first.depth !== second.depth) {
    throw new LyrecError('bad-argument', 'Only evaluations of the same cases to the same depth can be compared.');
  }
  return byKind(first.kinds).map(({ kind, places }) => ({
    kind,
    cases: places.length,
    metrics: differencesOf(pick(first.ranks, places), pick(second.ranks, places), first.depth),
  }));
}

function kindOf({ lyrics, description }: Query): CaseKind {
  if (lyrics === undefined) return 'describe';
  return description === undefined ? 'lyrics' : 'both';
}

/** The answer, or null where the models know no word of the question: no reason to stop, but a song not found. */
async function ask(lyrec: LyRec, query: Query, options: BothOptions & { readonly k: number }): Promise<Answer | null> {
  const { lyrics = '', description = '' } = query;
  try {
    switch (kindOf(query)) {
      case 'describe':
        return await lyrec.describe(description, options);
      case 'lyrics':
        return await lyrec.similarLyrics(lyrics, options);
      case 'both':
        return await lyrec.both({ lyrics, description }, options);
    }
  } catch (error) {
    if (error instanceof LyrecError && error.code === 'words-unknown') return null;
    throw error;
  }
}

/** Which cases are of each kind that occurs; all of them last, where that says more. */
function byKind(kinds: readonly CaseKind[]): { kind: CaseKind | 'all'; places: readonly number[] }[] {
  const all = kinds.map((_, place) => place);
  const groups = KINDS.map((kind) => ({ kind, places: all.filter((place) => kinds[place] === kind) }));
  const occurring = groups.filter(({ places }) => places.length > 0);
  return occurring.length === 1 ? occurring : [...occurring, { kind: 'all' as const, places: all }];
}

function pick(ranks: readonly Rank[], places: readonly number[]): Rank[] {
  return places.map((place) => ranks[place]!);
}
