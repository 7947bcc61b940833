/**
 * Which summary each song of an edition has: its own, one from a file, one that was written before, one to be written.
 * @module
 */
import type { Catalog } from '../catalog/catalog.js';
import type { Manifest } from '../index-folder/index-folder.js';
import { EXTRACTIVE, type Song } from '../song.js';
import type { Summarizer } from '../summarizing/summarizer.js';
import type { GivenSummaries } from '../summarizing/summary-file.js';
import type { BuildOptions } from './build-options.js';
import { inOrderOfAsking, isMissing, type SummarizingReport, summarizeSongs } from './summarize-songs.js';

const SONGS_A_TRANSACTION = 500;

/**
 * The song with the best summary that is kept for it; one that came with the collection stays.
 *
 * @param writer the id of the writer whose summaries stand above others'.
 */
export function withKeptSummary(catalog: Catalog, song: Song, writer: string | null): Song {
  if (song.summary !== null) return song;
  const kept = catalog.summaries.findAny(song, writer);
  return { ...song, summary: kept?.summary ?? null, summaryBy: kept?.name ?? null };
}

/** The song with its summary from the file, which the catalog then keeps too. */
export function takeIn(catalog: Catalog, given: GivenSummaries, song: Song): Song {
  const found = given.find(song);
  if (!found || song.summary !== null) return song;
  catalog.summaries.add({ song, facts: null, summarizer: found.summarizer }, found.name, found.summary, null);
  return { ...song, summary: found.summary, summaryBy: found.name };
}

/** Has the songs that came without a summary summarized, and gives them what was written. */
export async function writeSummaries(
  catalog: Catalog,
  edition: number,
  unwritten: readonly number[],
  summarizer: Summarizer,
  { summarizing, onProgress, signal }: Pick<BuildOptions, 'summarizing' | 'onProgress' | 'signal'>,
): Promise<SummarizingReport> {
  const ids = inOrderOfAsking(unwritten, summarizing?.limit);
  const report = await summarizeSongs(catalog, edition, ids, summarizer, {
    concurrency: summarizing?.concurrency,
    signal,
    onProgress: ({ done, total, ...spent }) =>
      onProgress?.({ stage: 'summarizing', model: summarizer.name, unit: 'songs', done, total, summarizing: spent }),
  });
  // All of them: a song that nobody was asked about may have the lyrics of one that was.
  for (let at = 0; at < unwritten.length; at += SONGS_A_TRANSACTION) {
    const songs = catalog.songs(edition, unwritten.slice(at, at + SONGS_A_TRANSACTION));
    catalog.addSongs(
      edition,
      songs.map((song) => withKeptSummary(catalog, { ...song, summary: null }, summarizer.id)),
    );
  }
  return report;
}

/** Whether every song has the best summary there is, and nobody is to be asked for another. */
export function isSummarized(
  catalog: Catalog,
  { edition, summarizer: last }: Manifest,
  summarizer: Summarizer | null,
  limit: number | undefined,
): boolean {
  if (!summarizer && catalog.summaries.count() === 0) return true;
  const writer = summarizer?.id ?? last?.id ?? null;
  const unwritten: number[] = [];
  for (const song of catalog.songsInOrder(edition)) {
    if (song.summaryBy === 'csv') continue;
    unwritten.push(song.id);
    const shown = song.summaryBy === EXTRACTIVE ? null : song.summary;
    if (withKeptSummary(catalog, { ...song, summary: null }, writer).summary !== shown) return false;
  }
  return !summarizer || !isToBeAsked(catalog, edition, unwritten, summarizer, limit);
}

/** Whether a writer is to be asked about any of the songs that came without a summary. */
export function isToBeAsked(
  catalog: Catalog,
  edition: number,
  unwritten: readonly number[],
  summarizer: Summarizer,
  limit: number | undefined,
): boolean {
  return inOrderOfAsking(unwritten, limit).some((id) =>
    isMissing(catalog, summarizer, catalog.songs(edition, [id])[0]!),
  );
}
