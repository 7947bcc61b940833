/**
 * `lyrec export`.
 * @module
 */
import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LyrecError } from '../errors.js';
import { LyRec } from '../lyrec.js';
import { formatOf, headerFor, lineFor, rowOf } from '../summarizing/summary-file.js';
import type { IndexFlags } from './flags.js';
import { grouped } from './terminal.js';

/** Flags of `lyrec export`. */
export interface ExportFlags extends IndexFlags {
  readonly summaries: string;
  readonly jsonl?: true;
}

export async function exportSummaries({ index, summaries: file, json, jsonl }: ExportFlags): Promise<void> {
  const lyrec = await LyRec.open(index, { search: 'exact' });
  try {
    const format = jsonl ? 'jsonl' : formatOf(file);
    const count = await (file === '-' ? writeAll(lyrec, format, process.stdout) : writeFile(lyrec, format, file));
    if (file === '-') return;
    const said = json
      ? JSON.stringify({ command: 'export', file, format, summaries: count })
      : `${file}: ${grouped(count)} summaries.`;
    process.stdout.write(`${said}\n`);
  } finally {
    await lyrec.close();
  }
}

/** Writes beside the file and renames: a summary file is either the old one or the whole new one. A pipe or a device is written to. */
async function writeFile(lyrec: LyRec, format: 'csv' | 'jsonl', file: string): Promise<number> {
  const beside = statSync(file, { throwIfNoEntry: false })?.isFile() === false ? null : `${file}.new`;
  try {
    const count = await writeAll(lyrec, format, createWriteStream(beside ?? file));
    if (beside) renameSync(beside, file);
    return count;
  } catch (cause) {
    if (beside) rmSync(beside, { force: true });
    // What the system refuses has to do with the file, anything else with the index.
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw new LyrecError('bad-argument', `${file} cannot be written.`, {
      hint: 'Name a file in a folder that can.',
      cause,
    });
  }
}

async function writeAll(lyrec: LyRec, format: 'csv' | 'jsonl', stream: NodeJS.WritableStream): Promise<number> {
  let count = 0;
  function* lines(): Generator<string> {
    yield headerFor(format);
    for (const { song, summarizer } of lyrec.summaries()) {
      count++;
      yield lineFor(format, rowOf(song, summarizer));
    }
  }
  await pipeline(Readable.from(lines()), stream, { end: stream !== process.stdout });
  return count;
}
