/**
 * `lyrec build`.
 * @module
 */
import { type BuildOptions, type BuildReport, buildIndex } from '../building/builder.js';
import type { ModelChoice } from '../embedding/embedder.js';
import { parsePooling } from '../embedding/pooling.js';
import { modelNames } from '../index-folder/index-folder.js';
import { parseColumnNames, skippedInWords } from '../reading/song-reader.js';
import type { IndexFlags } from './flags.js';
import { interruptSignal } from './interrupt.js';
import { costOf } from './price.js';
import { openProgress } from './progress.js';
import {
  estimateAsText,
  type SummaryFlags,
  summariesAsJson,
  summariesAsText,
  summarizingOptions,
} from './summarizing.js';
import { counted, grouped, sizeInWords } from './terminal.js';

/** Flags of `lyrec build`. */
export interface BuildFlags extends IndexFlags, SummaryFlags {
  readonly columns?: string;
  readonly model: string;
  readonly modelName?: string;
  readonly queryPrompt?: string;
  readonly passagePrompt?: string;
  readonly pooling?: string;
  readonly dtype?: string;
  readonly lyricsVectors?: string;
  readonly summaryVectors?: string;
  readonly quiet?: true;
  readonly dryRun?: true;
}

// Left-out rows beyond these are counted, not listed.
const LISTED = 5;

export async function build(csv: string, flags: BuildFlags): Promise<void> {
  const columns = flags.columns === undefined ? {} : parseColumnNames(flags.columns);
  const summarizing = await summarizingOptions(flags);
  const options: BuildOptions = {
    input: csv,
    folder: flags.index,
    model: choiceOf(flags),
    columns,
    ...vectorsOf(flags),
    ...(summarizing && { summarizing }),
    ...(flags.summaries !== undefined && { summaries: flags.summaries }),
  };
  if (flags.dryRun) {
    await estimate(options, flags);
    return;
  }
  const signal = interruptSignal();
  const progress = await openProgress({ quiet: flags.quiet ?? false, price: flags.price });
  try {
    const report = await buildIndex({ ...options, onProgress: progress.show, signal });
    progress.stop();
    process.stdout.write(flags.json ? `${JSON.stringify(asJson(report, flags))}\n` : asText(report, flags));
  } finally {
    progress.stop();
  }
}

/** `--dry-run`: what the summaries would take. */
async function estimate(options: BuildOptions, { price, json }: BuildFlags): Promise<void> {
  const { estimateSummaries } = await import('../building/estimate.js');
  const estimated = await estimateSummaries(options);
  const asObject = {
    command: 'build',
    dry_run: true,
    ...estimated,
    ...(price && { cost: costOf(estimated.tokens, price) }),
  };
  process.stdout.write(json ? `${JSON.stringify(asObject)}\n` : estimateAsText(estimated, price));
}

function choiceOf({ model, modelName, queryPrompt, passagePrompt, pooling, dtype }: BuildFlags): ModelChoice {
  return {
    model,
    ...(modelName !== undefined && { modelName }),
    ...(queryPrompt !== undefined && { queryPrompt }),
    ...(passagePrompt !== undefined && { passagePrompt }),
    ...(pooling !== undefined && { pooling: parsePooling(pooling) }),
    ...(dtype !== undefined && { dtype }),
  };
}

function vectorsOf({ lyricsVectors: lyrics, summaryVectors: summary }: BuildFlags): Pick<BuildOptions, 'vectors'> {
  if (lyrics === undefined && summary === undefined) return {};
  return { vectors: { ...(lyrics !== undefined && { lyrics }), ...(summary !== undefined && { summary }) } };
}

function asJson(report: BuildReport, flags: BuildFlags): object {
  const { manifest, upToDate, embedded, seconds, bytes } = report;
  const { songs, summaries, skipped } = manifest;
  return {
    command: 'build',
    index: { folder: flags.index, songs, summaries, model: modelNames(manifest), bytes },
    up_to_date: upToDate,
    read: songs + skipped.length,
    skipped,
    embedded,
    ...summariesAsJson(report, flags.price),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

function asText(report: BuildReport, flags: BuildFlags): string {
  const { manifest, upToDate, seconds, bytes } = report;
  const { songs, skipped, source } = manifest;
  if (upToDate) return `${flags.index} is up to date: ${counted(songs, 'song')} of ${source.name}.\n`;
  const lines = [
    `${flags.index}: ${counted(songs, 'song')} of ${source.name}, ${sizeInWords(bytes)}, in ${seconds.toFixed(1)} s.`,
  ];
  if (skipped.length > 0) {
    lines.push(`Left out: ${skippedInWords(skipped)}.`);
    for (const { row, line, reason } of skipped.slice(0, LISTED)) lines.push(`  row ${row}, line ${line}: ${reason}`);
    if (skipped.length > LISTED) lines.push(`  … and ${grouped(skipped.length - LISTED)} more (all with --json)`);
  }
  lines.push(...summariesAsText(report, flags.price));
  return `${lines.join('\n')}\n`;
}
