/**
 * The rows of a collection into the catalog.
 * @module
 */
import type { Catalog } from '../catalog/catalog.js';
import { throwIfInterrupted } from '../errors.js';
import { type Input, readSongs, type SkippedRow } from '../reading/song-reader.js';
import type { Song } from '../song.js';
import type { GivenSummaries } from '../summarizing/summary-file.js';
import type { BuildOptions } from './build-options.js';
import { takeIn, withKeptSummary } from './summaries.js';

const SONGS_A_TRANSACTION = 500;

/**
 * Reads every row into the catalog, with the best summary there is.
 *
 * @returns `unwritten`: the ids of the songs that came without a summary.
 */
export async function readInto(
  catalog: Catalog,
  edition: number,
  writer: string | null,
  { input, given }: { readonly input: Input; readonly given: GivenSummaries | null },
  { columns, onProgress, signal }: Pick<BuildOptions, 'columns' | 'onProgress' | 'signal'>,
): Promise<{ songs: number; unwritten: number[]; metadata: string[]; skipped: SkippedRow[] }> {
  const skipped: SkippedRow[] = [];
  const unwritten: number[] = [];
  const metadata = new Set<string>();
  let songs = 0;
  let batch: Song[] = [];
  const flush = () => {
    catalog.addSongs(edition, batch);
    songs += batch.length;
    batch = [];
    onProgress?.({ stage: 'reading', unit: 'bytes', done: input.bytesRead(), total: input.bytes });
    throwIfInterrupted(signal);
  };
  for await (const row of readSongs(input, columns)) {
    if ('skipped' in row) {
      skipped.push(row.skipped);
      continue;
    }
    const song = given ? takeIn(catalog, given, row.song) : row.song;
    if (song.summary === null) unwritten.push(song.id);
    for (const name of Object.keys(song.metadata)) metadata.add(name);
    batch.push(withKeptSummary(catalog, song, writer));
    if (batch.length === SONGS_A_TRANSACTION) flush();
  }
  flush();
  return { songs, unwritten, metadata: [...metadata], skipped };
}
