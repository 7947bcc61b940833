/**
 * `lyrec export`.
 * @module
 */
import { once } from 'node:events';
import { createWriteStream, renameSync, rmSync } from 'node:fs';
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

/** Writes beside the file and renames: a summary file is either the old one or the whole new one. */
async function writeFile(lyrec: LyRec, format: 'csv' | 'jsonl', file: string): Promise<number> {
  const stream = createWriteStream(`${file}.new`);
  try {
    await once(stream, 'open');
    const count = await writeAll(lyrec, format, stream);
    stream.end();
    await once(stream, 'close');
    renameSync(`${file}.new`, file);
    return count;
  } catch (cause) {
    rmSync(`${file}.new`, { force: true });
    throw new LyrecError('bad-argument', `${file} cannot be written.`, {
      hint: 'Name a file in a folder that can.',
      cause,
    });
  }
}

async function writeAll(lyrec: LyRec, format: 'csv' | 'jsonl', stream: NodeJS.WritableStream): Promise<number> {
  let count = 0;
  stream.write(headerFor(format));
  for (const { song, summarizer } of lyrec.summaries()) {
    count++;
    if (!stream.write(lineFor(format, rowOf(song, summarizer)))) await once(stream, 'drain');
  }
  return count;
}
