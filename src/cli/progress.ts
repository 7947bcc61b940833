/**
 * What a long command is doing, on stderr: a spinner on a terminal, a line a stage elsewhere.
 * @module
 */
import type { BuildProgress } from '../building/builder.js';
import { costOf, money, type Price } from './price.js';
import { duration, grouped, sizeInWords } from './terminal.js';

/** What is being done, and how much of it is done; `asking` is an evaluation's. */
export interface Progress extends Omit<BuildProgress, 'stage' | 'unit'> {
  readonly stage: BuildProgress['stage'] | 'asking';
  readonly unit: BuildProgress['unit'] | 'questions';
  /** What is at work, where that is no model. */
  readonly name?: string;
}

/** Shows progress until it is stopped. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  stop(): void;
}

const LABELS: Record<Progress['stage'], string> = {
  downloading: 'Fetching',
  reading: 'Reading songs',
  summarizing: 'Summarizing',
  importing: 'Taking over vectors of',
  embedding: 'Embedding',
  indexing: 'Indexing',
  asking: 'Asking',
};

// How often a long stage speaks up where there is no terminal to show a spinner on.
const LINE_EVERY_MS = 60_000;

/** A display for this terminal, or one that shows nothing if `quiet`; tokens get a cost where they have a price. */
export async function openProgress({
  quiet,
  price,
}: {
  quiet: boolean;
  price?: Price | undefined;
}): Promise<ProgressDisplay> {
  if (quiet) return { show: () => {}, stop: () => {} };
  // A terminal may not know how wide it is; a spinner would never be done wiping its line there.
  return process.stderr.isTTY && process.stderr.columns > 0 ? spinner(price) : stageLines(price);
}

async function spinner(price: Price | undefined): Promise<ProgressDisplay> {
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
      const pacing = pace(progress, progress.done - startedAt, performance.now() - started);
      ui.text = `${label} ${amount(progress)}${pacing}${spent(progress, price)}`;
    },
    stop: () => {
      ui.stop();
    },
  };
}

function stageLines(price: Price | undefined): ProgressDisplay {
  let stage = '';
  let started = 0;
  let startedAt = 0;
  let spoken = 0;
  return {
    show(progress) {
      const label = labelOf(progress);
      const now = performance.now();
      if (label === stage) {
        if (now - spoken < LINE_EVERY_MS) return;
        spoken = now;
        const pacing = pace(progress, progress.done - startedAt, now - started);
        process.stderr.write(`${label} ${amount(progress)}${pacing}${spent(progress, price)}\n`);
        return;
      }
      stage = label;
      [started, startedAt, spoken] = [now, progress.done, now];
      const what = progress.total === null ? '' : ` (${amountOf(progress.total, progress.unit)})`;
      process.stderr.write(`${label}${what}\n`);
    },
    stop: () => {},
  };
}

function labelOf({ stage, field, model, name }: Progress): string {
  if (stage === 'downloading') return `${LABELS[stage]} ${model}`;
  const what = field && (field === 'lyrics' ? 'lyrics' : 'summaries');
  return [LABELS[stage], name ?? what, model && `for ${model}`].filter(Boolean).join(' ');
}

function amount({ done, total, unit }: Progress): string {
  return total === null ? amountOf(done, unit) : `${amountOf(done, unit)} of ${amountOf(total, unit)}`;
}

function amountOf(count: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? sizeInWords(count) : grouped(count);
}

/** " · 2,310 a second · 12 s to go" once there is something to judge by. */
function pace({ done, total, unit }: Progress, since: number, ms: number): string {
  if (ms < 1000 || since <= 0) return '';
  const perSecond = (since / ms) * 1000;
  const rate =
    perSecond < 2 ? `${grouped(Math.round(perSecond * 60))} a minute` : `${grouped(Math.round(perSecond))} a second`;
  const speed = unit === 'bytes' ? '' : ` · ${rate}`;
  return total === null ? speed : `${speed} · ${duration((total - done) / perSecond)} to go`;
}

/** " · 12,345 tokens · cost 0.12 · 3 failed" */
function spent({ summarizing }: Progress, price: Price | undefined): string {
  if (!summarizing) return '';
  const { tokens, failed } = summarizing;
  const cost = price ? ` · cost ${money(costOf(tokens, price))}` : '';
  return ` · ${grouped(tokens.in + tokens.out)} tokens${cost}${failed ? ` · ${grouped(failed)} failed` : ''}`;
}
