/**
 * `lyrec tune`.
 * @module
 */
import {
  type HeldOutScore,
  type Pairs,
  readCollection,
  readPairs,
  summariesOf,
  type TuneProgress,
  type TuneReport,
  tuneModel,
} from '../tuning/tuner.js';
import type { IndexFlags } from './flags.js';
import { interruptSignal } from './interrupt.js';
import { openProgress } from './progress.js';
import { grouped } from './terminal.js';

/** Flags of `lyrec tune`. */
export interface TuneFlags extends IndexFlags {
  readonly songs?: readonly string[];
  readonly model: string;
  readonly teacher?: string;
  readonly out: string;
  readonly heldOut?: number;
  readonly runs?: number;
  readonly passes?: number;
  readonly seed?: number;
  readonly quiet?: true;
}

// Unknown songs beyond these are counted, not listed.
const LISTED = 5;

export async function tune(file: string | undefined, flags: TuneFlags): Promise<void> {
  const signal = interruptSignal();
  const collection = await readCollection(flags.songs ? { csv: flags.songs } : { index: flags.index });
  const pairs = file === undefined ? null : await readPairs(file, collection);
  if (pairs) tellLeftOut(pairs);
  const { model, teacher, out, heldOut, runs, passes, seed } = flags;
  const progress = await openProgress({ quiet: flags.quiet ?? false });
  const report = await tuneModel({
    described: pairs?.songs ?? summariesOf(collection),
    songs: collection.songs,
    model,
    out,
    signal,
    ...(teacher !== undefined && { teacher }),
    ...(heldOut !== undefined && { heldOut }),
    ...(runs !== undefined && { runs }),
    ...(passes !== undefined && { passes }),
    ...(seed !== undefined && { seed }),
    ...(!flags.quiet && { onProgress: showPass }),
    onReading: (done) => progress.show({ stage: 'embedding', unit: 'texts', model: teacher ?? '', ...done }),
  }).finally(progress.stop);
  process.stdout.write(flags.json ? `${JSON.stringify({ command: 'tune', out, ...report })}\n` : asText(report, out));
}

function tellLeftOut({ unknown, empty }: Pairs): void {
  const lines: string[] = [];
  if (unknown.length > 0) {
    lines.push(`${grouped(unknown.length)} descriptions are of songs that are not in the collection:`);
    for (const { line, song } of unknown.slice(0, LISTED)) lines.push(`  line ${line}: ${song}`);
    if (unknown.length > LISTED) lines.push(`  … and ${grouped(unknown.length - LISTED)} more`);
  }
  if (empty > 0) lines.push(`${grouped(empty)} descriptions have no words.`);
  for (const line of lines) process.stderr.write(`${line}\n`);
}

/**
 *     pass      loss   R@1  R@10   MRR
 *     start        –  0.22  0.44  0.30
 *      1/12     4.36  0.29  0.55  0.38  *
 */
function showPass({ pass, passes, loss, score, best }: TuneProgress): void {
  if (pass === 0) process.stderr.write(`${'pass'.padEnd(8)}   loss   R@1  R@10   MRR  of held-out descriptions\n`);
  const place = (pass === 0 ? 'start' : `${pass}/${passes}`).padEnd(8);
  const lost = (loss === null ? '–' : loss.toFixed(2)).padStart(7);
  process.stderr.write(`${place}${lost}  ${figures(score)}${pass > 0 && best ? '  *' : ''}\n`);
}

function asText(report: TuneReport, out: string): string {
  const { songs, descriptions, held_out, unreadable, before, after, kept, passes, seconds, interrupted } = report;
  const lines = [
    `${out}: learned from ${grouped(descriptions)} descriptions of ${grouped(songs)} songs in ${seconds} s.`,
    ...(interrupted ? [`Interrupted after ${passes.length} passes; the best so far is kept.`] : []),
    ...(unreadable > 0
      ? [`${grouped(unreadable)} descriptions are in no language that the model reads; they were left out.`]
      : []),
    '',
    `${grouped(held_out.songs)} songs held out, looked for among ${grouped(held_out.among)}:`,
    `          R@1  R@10   MRR`,
    `before   ${figures(before)}`,
    `after    ${figures(after)}  (pass ${kept})`,
    '',
    kept === 0
      ? `Training made nothing better: ${out} holds the model it started from.`
      : `Use it: lyrec build songs.csv --model ${pathLike(out)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function figures(score: HeldOutScore): string {
  return [score['R@1'], score['R@10'], score.MRR].map((figure) => figure.toFixed(2)).join('  ');
}

/** A folder as an argument that cannot be taken for a name. */
function pathLike(folder: string): string {
  return /^[./]/.test(folder) ? folder : `./${folder}`;
}
