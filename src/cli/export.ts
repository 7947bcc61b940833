/**
 * `lyrec export`.
 * @module
 */
import { createWriteStream, lstatSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LyrecError } from '../errors.js';
import { LyRec } from '../lyrec.js';
import { formatOf, headerFor, lineFor, rowOf } from '../summarizing/summary-file.js';
import type { IndexFlags } from './flags.js';
import { counted } from './terminal.js';

/** Flags of `lyrec export`. */
export interface ExportFlags extends IndexFlags {
  readonly summaries: string;
  readonly jsonl?: true;
}

export async function exportSummaries({ index, summaries: file, json, jsonl }: ExportFlags): Promise<void> {
  if (file === '-' && json) {
    throw new LyrecError('bad-argument', 'With --summaries - there is no room for --json on standard output.', {
      hint: 'Write --jsonl for summaries as JSON lines, or name a file.',
    });
  }
  const lyrec = await LyRec.open(index, { search: 'exact' });
  try {
    const format = jsonl ? 'jsonl' : formatOf(file);
    const count = await (file === '-' ? writeAll(lyrec, format, process.stdout) : writeTo(file, lyrec, format));
    if (file === '-') return;
    const said = json
      ? JSON.stringify({ command: 'export', file, format, summaries: count })
      : `${file}: ${counted(count, 'summary', 'summaries')}.`;
    process.stdout.write(`${said}\n`);
  } finally {
    await lyrec.close();
  }
}

/**
 * Writes beside a file and renames: a summary file is either the old one or the whole new one. A link leads to the file that is
 * replaced; what is no file, a pipe or a device, is written to as it is.
 */
async function writeTo(file: string, lyrec: LyRec, format: 'csv' | 'jsonl'): Promise<number> {
  let beside: string | undefined;
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    const isNew = !there && !lstatSync(file, { throwIfNoEntry: false });
    if (!there?.isFile() && !isNew) return await writeAll(lyrec, format, createWriteStream(file));
    const target = isNew ? file : realpathSync(file);
    beside = `${target}.new`;
    const count = await writeAll(lyrec, format, createWriteStream(beside, { mode: there?.mode ?? 0o666 }));
    renameSync(beside, target);
    return count;
  } catch (cause) {
    if (beside !== undefined) rmSync(beside, { force: true });
    // What the system refuses has to do with the file, anything else with the index.
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw 'code' in cause && cause.code === 'ENOSPC'
      ? new LyrecError('output-failed', `The disk is full: ${file} cannot be written.`, {
          hint: 'Make room, or name a file elsewhere.',
          cause,
        })
      : new LyrecError('bad-argument', `${file} cannot be written.`, {
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
