/**
 * What `lyrec eval` prints.
 * @module
 */
import {
  type CaseKind,
  compareEvaluations,
  type Estimate,
  type Evaluation,
  type KindResult,
  type Metrics,
  type ResolvedCases,
  type UnknownSong,
} from '../evaluating/evaluator.js';
import { modelNames } from '../index-folder/index-folder.js';
import type { IndexInfo } from '../lyrec.js';
import type { Setting } from './setting.js';
import { grouped } from './terminal.js';

/** How one index answered. */
export interface SideReport {
  readonly setting: Setting;
  readonly info: IndexInfo;
  readonly cases: ResolvedCases['cases'];
  readonly evaluation: Evaluation;
}

const TITLES: Record<CaseKind | 'all', string> = {
  describe: 'by description',
  lyrics: 'by lyrics',
  both: 'by both',
  all: 'all',
};

/** One report, or two side by side. */
export function evalAsText(reports: readonly SideReport[]): string {
  const [first, second] = reports;
  if (!first) return '';
  if (!second) return [heading(first), ...first.evaluation.results.map(resultAsText)].join('\n');
  const head = `A  ${heading(first)}B  ${heading(second)}`;
  const differences = compareEvaluations(first.evaluation, second.evaluation);
  const blocks = differences.map((difference, i) =>
    differenceAsText(difference, first.evaluation.results[i]!, second.evaluation.results[i]!),
  );
  return [head, ...blocks].join('\n');
}

/** The same for programs, with the place of every right song. */
export function evalAsJson(reports: readonly SideReport[], unknown: readonly UnknownSong[]): string {
  const [first, second] = reports;
  const { cases, evaluation } = first!;
  const asked = {
    command: 'eval',
    depth: evaluation.depth,
    cases: cases.length,
    unknown: unknown.map(({ line, song }) => ({ line, ...('id' in song ? { song_id: song.id } : song) })),
  };
  const answer = second
    ? {
        ...asked,
        sides: reports.map(sideAsJson),
        differences: byKind(compareEvaluations(evaluation, second.evaluation)),
      }
    : { ...asked, ...sideAsJson(first!) };
  return `${JSON.stringify(answer)}\n`;
}

function heading({ setting, info, evaluation: { unanswered } }: SideReport): string {
  const { manifest } = info;
  const lines = [`${setting.label}: ${grouped(manifest.songs)} songs, ${modelNames(manifest)}`];
  if (unanswered > 0) lines.push(`   not found, since the index knows no word of the question: ${grouped(unanswered)}`);
  return `${lines.join('\n')}\n`;
}

/**
 *     by description, 120 cases
 *                          95 % interval
 *       R@1        0.508   0.420 to 0.596
 */
function resultAsText({ kind, cases, metrics }: KindResult): string {
  const lines = Object.entries(metrics).map(
    ([name, { value, low, high }]) =>
      `  ${name.padEnd(9)} ${value.toFixed(3).padStart(6)}   ${low.toFixed(3)} to ${high.toFixed(3)}`,
  );
  return `${[title(kind, cases), `${' '.repeat(21)}95 % interval`, ...lines].join('\n')}\n`;
}

/**
 *     by description, 120 cases
 *                       A       B    B - A   95 % interval
 *       R@1         0.508   0.717   +0.208   +0.108 to +0.308   B is better
 */
function differenceAsText({ kind, cases, metrics }: KindResult, first: KindResult, second: KindResult): string {
  const lines = Object.entries(metrics).map(([name, { value, low, high }]) => {
    const [a, b] = [first, second].map(({ metrics }) => metrics[name]!.value.toFixed(3).padStart(8));
    const verdict = low > 0 ? '   B is better' : high < 0 ? '   A is better' : '';
    return `  ${name.padEnd(9)}${a}${b}   ${signed(value)}   ${signed(low)} to ${signed(high)}${verdict}`;
  });
  const columns = `${' '.repeat(11)}${'A'.padStart(8)}${'B'.padStart(8)}    B - A   95 % interval`;
  return `${[title(kind, cases), columns, ...lines].join('\n')}\n`;
}

function title(kind: CaseKind | 'all', cases: number): string {
  return `${TITLES[kind]}, ${grouped(cases)} ${cases === 1 ? 'case' : 'cases'}`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function sideAsJson({ setting, info, cases, evaluation }: SideReport): object {
  const { folder, manifest } = info;
  const { results, unanswered, kinds, ranks } = evaluation;
  return {
    index: { folder, songs: manifest.songs, model: modelNames(manifest) },
    settings: setting.flags,
    unanswered,
    results: byKind(results),
    answers: cases.map(({ line, songIds }, i) => ({ line, kind: kinds[i], song_ids: songIds, rank: ranks[i] })),
  };
}

function byKind(results: readonly KindResult[]): object {
  return Object.fromEntries(
    results.map(({ kind, cases, metrics }) => [kind, { cases, metrics: metricsAsJson(metrics) }]),
  );
}

function metricsAsJson(metrics: Metrics): Record<string, Estimate> {
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
  return Object.fromEntries(
    Object.entries(metrics).map(([name, { value, low, high }]) => [
      name,
      { value: rounded(value), low: rounded(low), high: rounded(high) },
    ]),
  );
}
