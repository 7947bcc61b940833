/**
 * `lyrec build`.
 * @module
 */
import { type BuildOptions, type BuildReport, buildIndex } from '../building/builder.js';
import type { ModelChoice } from '../embedding/embedder.js';
import { parsePooling } from '../embedding/pooling.js';
import { modelNames } from '../index-folder/index-folder.js';
import { parseColumnNames } from '../reading/song-reader.js';
import { reasons } from './info.js';
import { interruptSignal } from './interrupt.js';
import type { IndexFlags } from './program.js';
import { openProgress } from './progress.js';
import { grouped, sizeInWords } from './terminal.js';

/** Flags of `lyrec build`. */
export interface BuildFlags extends IndexFlags {
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
}

// Left-out rows beyond these are counted, not listed.
const LISTED = 5;

export async function build(csv: string, flags: BuildFlags): Promise<void> {
  const columns = flags.columns === undefined ? {} : parseColumnNames(flags.columns);
  const signal = interruptSignal();
  const progress = await openProgress({ quiet: flags.quiet ?? false });
  try {
    const report = await buildIndex({
      input: csv,
      folder: flags.index,
      model: choiceOf(flags),
      columns,
      ...vectorsOf(flags),
      onProgress: progress.show,
      signal,
    });
    progress.stop();
    process.stdout.write(flags.json ? `${JSON.stringify(asJson(report, flags))}\n` : asText(report, flags));
  } finally {
    progress.stop();
  }
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

function asJson({ manifest, upToDate, embedded, seconds, bytes }: BuildReport, flags: BuildFlags): object {
  const { songs, summaries, skipped } = manifest;
  return {
    command: 'build',
    index: { folder: flags.index, songs, summaries, model: modelNames(manifest), bytes },
    up_to_date: upToDate,
    read: songs + skipped.length,
    skipped,
    embedded,
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

function asText({ manifest, upToDate, seconds, bytes }: BuildReport, flags: BuildFlags): string {
  const { songs, skipped, source } = manifest;
  if (upToDate) return `${flags.index} is up to date: ${grouped(songs)} songs of ${source.name}.\n`;
  const lines = [
    `${flags.index}: ${grouped(songs)} songs of ${source.name}, ${sizeInWords(bytes)}, in ${seconds.toFixed(1)} s.`,
  ];
  if (skipped.length > 0) {
    lines.push(`Left out: ${reasons(skipped.map(({ reason }) => reason))}.`);
    for (const { row, line, reason } of skipped.slice(0, LISTED)) lines.push(`  row ${row}, line ${line}: ${reason}`);
    if (skipped.length > LISTED) lines.push(`  … and ${grouped(skipped.length - LISTED)} more (all with --json)`);
  }
  return `${lines.join('\n')}\n`;
}
