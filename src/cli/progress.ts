/**
 * What a build is doing, on stderr: a spinner on a terminal, a line a stage elsewhere.
 * @module
 */
import type { BuildProgress } from '../building/builder.js';
import { grouped, sizeInWords } from './terminal.js';

/** Shows progress until it is stopped. */
export interface ProgressDisplay {
  show(progress: BuildProgress): void;
  stop(): void;
}

const LABELS: Record<BuildProgress['stage'], string> = {
  downloading: 'Fetching',
  reading: 'Reading songs',
  importing: 'Taking over vectors of',
  embedding: 'Embedding',
  indexing: 'Indexing',
};

/** A display for this terminal, or one that shows nothing if `quiet`. */
export async function openProgress({ quiet }: { quiet: boolean }): Promise<ProgressDisplay> {
  if (quiet) return { show: () => {}, stop: () => {} };
  // A terminal may not know how wide it is; a spinner would never be done wiping its line there.
  return process.stderr.isTTY && process.stderr.columns > 0 ? spinner() : stageLines();
}

async function spinner(): Promise<ProgressDisplay> {
  const { default: ora } = await import('ora');
  // stdin stays as it is: ora would otherwise swallow what is typed, Ctrl-C included.
  const ui = ora({ stream: process.stderr, discardStdin: false }).start();
  let stage = '';
  let started = 0;
  let startedAt = 0;
  return {
    show(progress) {
      const label = labelOf(progress);
      if (label !== stage) {
        stage = label;
        started = performance.now();
        startedAt = progress.done;
      }
      ui.text = `${label} ${amount(progress)}${pace(progress, progress.done - startedAt, performance.now() - started)}`;
    },
    stop: () => {
      ui.stop();
    },
  };
}

function stageLines(): ProgressDisplay {
  let stage = '';
  return {
    show(progress) {
      const label = labelOf(progress);
      if (label === stage) return;
      stage = label;
      const what = progress.total === null ? '' : ` (${amountOf(progress.total, progress.unit)})`;
      process.stderr.write(`${label}${what}\n`);
    },
    stop: () => {},
  };
}

function labelOf({ stage, field, model }: BuildProgress): string {
  if (stage === 'downloading') return `${LABELS[stage]} ${model}`;
  const what = field && (field === 'lyrics' ? 'lyrics' : 'summaries');
  return [LABELS[stage], what, model && `for ${model}`].filter(Boolean).join(' ');
}

function amount({ done, total, unit }: BuildProgress): string {
  return total === null ? amountOf(done, unit) : `${amountOf(done, unit)} of ${amountOf(total, unit)}`;
}

function amountOf(count: number, unit: BuildProgress['unit']): string {
  return unit === 'bytes' ? sizeInWords(count) : grouped(count);
}

/** " · 2,310 a second · 12 s to go" once there is something to judge by. */
function pace({ done, total, unit }: BuildProgress, since: number, ms: number): string {
  if (ms < 1000 || since <= 0) return '';
  const perSecond = (since / ms) * 1000;
  const rate = perSecond < 10 ? perSecond.toFixed(1) : grouped(Math.round(perSecond));
  const speed = unit === 'bytes' ? '' : ` · ${rate} a second`;
  return total === null ? speed : `${speed} · ${duration((total - done) / perSecond)} to go`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
