/**
 * `lyrec eval`.
 * @module
 */
import { LyrecError } from '../errors.js';
import {
  type CaseLine,
  type Evaluation,
  evaluate,
  excerptCases,
  type ResolvedCases,
  readCases,
  resolveCases,
  type SongReference,
  type UnknownSong,
} from '../evaluating/evaluator.js';
import { LyRec } from '../lyrec.js';
import { nameKey } from '../wording/wording-index.js';
import { evalAsJson, evalAsText } from './eval-report.js';
import type { IndexFlags, SettingFlags } from './flags.js';
import { interruptSignal } from './interrupt.js';
import { openProgress } from './progress.js';
import { nameOf } from './render.js';
import { parseSides, type Setting } from './setting.js';
import { grouped } from './terminal.js';

/** Flags of `lyrec eval`. */
export interface EvalFlags extends IndexFlags, SettingFlags {
  readonly self?: number;
  readonly compare?: readonly string[];
  readonly top: number;
  readonly quiet?: true;
}

/** An index, opened, and the setting it is asked with. */
interface Side {
  readonly setting: Setting;
  readonly lyrec: LyRec;
}

// Unknown songs beyond these are counted, not listed.
const LISTED = 5;

export async function evaluation(requests: string | undefined, flags: EvalFlags): Promise<void> {
  const { file, settings } = whatToAsk(requests, flags);
  const sides: Side[] = [];
  try {
    for (const setting of settings) {
      sides.push({ setting, lyrec: await LyRec.open(setting.index, { search: setting.flags.search }) });
    }
    const lines = file === null ? ownCases(sides[0]!.lyrec, flags.self!) : await readCases(file);
    const resolved = sides.map(({ lyrec }) => resolveCases(lyrec, lines));
    const unknown = tellUnknown(resolved, sides);
    const cases = inAll(resolved, unknown);
    checkSameSongs(sides, cases);
    const evaluations = await askAll(sides, cases, flags);
    const reports = sides.map(({ setting, lyrec }, i) => ({
      setting,
      info: lyrec.info,
      cases: cases[i]!,
      evaluation: evaluations[i]!,
    }));
    process.stdout.write(flags.json ? evalAsJson(reports, unknown) : evalAsText(reports));
  } finally {
    for (const { lyrec } of sides) await lyrec.close();
  }
}

/** The file of requests, null where the collection makes its own; and the indexes to ask. */
function whatToAsk(requests: string | undefined, flags: EvalFlags): { file: string | null; settings: Setting[] } {
  const { self, compare, index, search, candidates, first, dense } = flags;
  const shared: SettingFlags = { search, candidates, first, ...(dense && { dense }) };
  // --compare takes every word that follows it, the requests too where they come last.
  const swallowed = compare?.length === 3 && requests === undefined && self === undefined;
  const file = swallowed ? compare[2]! : (requests ?? null);
  if ((file === null) === (self === undefined)) {
    throw new LyrecError(
      'bad-argument',
      file === null ? 'There is nothing to ask.' : 'Either a file or --self N says what to ask, not both.',
      { hint: 'Name a file of requests (JSONL), or let the collection make its own: lyrec eval --self 200.' },
    );
  }
  const sides = compare && parseSides(swallowed ? compare.slice(0, 2) : compare, shared);
  return { file, settings: sides ?? [{ label: index, index, flags: shared }] };
}

function ownCases(lyrec: LyRec, count: number): CaseLine[] {
  const cases = excerptCases(lyrec, count);
  if (cases.length < count) {
    process.stderr.write(`Only ${grouped(cases.length)} songs are long enough to take an excerpt from.\n`);
  }
  return cases.map(({ songIds, query }, place) => ({ line: place + 1, song: { id: songIds[0]! }, query }));
}

/** Says which songs an index does not hold; returns those that are not in all of them. */
function tellUnknown(resolved: readonly ResolvedCases[], sides: readonly Side[]): UnknownSong[] {
  const all = new Map<number, UnknownSong>();
  for (const [i, { unknown }] of resolved.entries()) {
    if (unknown.length === 0) continue;
    const listed = unknown.slice(0, LISTED).map(({ line, song }) => `line ${line}: ${referenceAsText(song)}`);
    const more = unknown.length > LISTED ? `; and ${grouped(unknown.length - LISTED)} more` : '';
    process.stderr.write(
      `Left out, since ${sides[i]!.setting.index} has no such song: ${grouped(unknown.length)} (${listed.join('; ')}${more}).\n`,
    );
    for (const one of unknown) all.set(one.line, one);
  }
  return [...all.values()].sort((a, b) => a.line - b.line);
}

function referenceAsText(song: SongReference): string {
  return 'id' in song ? `song ${song.id}` : nameOf(song);
}

/** Each index's cases, of the songs that all of them hold. */
function inAll(resolved: readonly ResolvedCases[], unknown: readonly UnknownSong[]): ResolvedCases['cases'][] {
  const left = new Set(unknown.map(({ line }) => line));
  const cases = resolved.map(({ cases }) => cases.filter(({ line }) => !left.has(line)));
  if (cases[0]!.length > 0) return cases;
  throw new LyrecError('song-unknown', 'No song that is asked for is in both indexes.');
}

/** A number means the same song only where both indexes were built from the same rows. */
function checkSameSongs([first, second]: readonly Side[], [ones, others]: readonly ResolvedCases['cases'][]): void {
  if (!first || !second || !ones || !others || first.setting.index === second.setting.index) return;
  for (const [i, { songIds }] of ones.entries()) {
    const [one, other] = [first.lyrec.song(songIds[0]!), second.lyrec.song(others[i]!.songIds[0]!)];
    if (nameKey(nameOf(one)) === nameKey(nameOf(other))) continue;
    throw new LyrecError(
      'bad-argument',
      `Song ${one.id} is "${nameOf(one)}" in ${first.setting.index}, "${nameOf(other)}" in ${second.setting.index}.`,
      { hint: 'Compare indexes of the same collection, or name the songs by "artist" and "title".' },
    );
  }
}

async function askAll(
  sides: readonly Side[],
  cases: readonly ResolvedCases['cases'][],
  { top, quiet }: EvalFlags,
): Promise<Evaluation[]> {
  const signal = interruptSignal();
  const progress = await openProgress({ quiet: quiet ?? false });
  const evaluations: Evaluation[] = [];
  try {
    for (const [i, { lyrec, setting }] of sides.entries()) {
      const total = cases[i]!.length;
      const { candidates, first, dense } = setting.flags;
      evaluations.push(
        await evaluate(lyrec, cases[i]!, {
          depth: top,
          settings: { candidates, first, dense },
          onProgress: (done) => progress.show({ stage: 'asking', name: setting.label, unit: 'questions', done, total }),
          signal,
        }),
      );
    }
    return evaluations;
  } finally {
    progress.stop();
  }
}
