/**
 * From a CSV to a finished index folder.
 *
 *     reading ─► catalog ─► summarizing ─► embedding ─► vector files ─► manifest
 *
 * A build works on an edition of its own; the manifest, written last, makes it the one that readers see. Whatever
 * ends a build before that leaves the older index as it was, and the summaries and vectors made so far for the next build.
 *
 * @module
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Catalog, FORMAT_VERSION } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { type ErrorCode, LyrecError, throwIfInterrupted } from '../errors.js';
import {
  CATALOG_FILE,
  checksumOf,
  type FieldFiles,
  filesOf,
  folderSize,
  type IndexedEmbedder,
  type IndexFile,
  lockFolder,
  type Manifest,
  readManifest,
  writeManifest,
} from '../index-folder/index-folder.js';
import { type SkippedRow, skippedInWords } from '../reading/song-reader.js';
import type { Field } from '../song.js';
import type { Summarizer } from '../summarizing/summarizer.js';
import { VERSION } from '../version.js';
import type { BuildOptions, BuildReport } from './build-options.js';
import { embedField } from './embed-field.js';
import { writeFieldFiles, writeWordingFile } from './field-files.js';
import { importVectors, openForTheRest } from './import-vectors.js';
import { addKeyLines } from './key-lines.js';
import { openParts, type Parts } from './parts.js';
import { readInto } from './read-into.js';
import { isSummarized, isToBeAsked, writeSummaries } from './summaries.js';

export type { BuildOptions, BuildProgress, BuildReport, VectorFiles } from './build-options.js';
export type { FailedSong, SummarizingOptions, SummarizingReport } from './summarize-songs.js';

const FIELDS: readonly Field[] = ['lyrics', 'summary'];

const UNREADABLE: readonly ErrorCode[] = [
  'input-missing',
  'input-not-text',
  'input-empty',
  'input-malformed',
  'column-missing',
  'no-songs',
];

/**
 * Builds an index, doing only the work that is missing.
 *
 * @throws LyrecError for every input that cannot be read, `no-songs`, `index-busy`, `model-missing`, `interrupted`, `server-*`;
 *   an index that was in the folder before stays as it was.
 */
export async function buildIndex(options: BuildOptions): Promise<BuildReport> {
  const started = performance.now();
  const { folder, signal } = options;
  const parts = await openParts(options);
  const { given } = parts;
  const isNew = !existsSync(folder);
  let unlock: (() => void) | undefined;
  try {
    unlock = lockFolder(folder);
    const older = manifestIfThere(folder);
    const upToDate = older !== null && (await isMadeOf(folder, older, parts, options));
    throwIfInterrupted(signal);
    const made = upToDate
      ? { manifest: older, embedded: 0, summarizing: null }
      : await renewFolder(folder, older, parts, options);
    const imported = given && { read: given.rows, unused: given.unused };
    const seconds = (performance.now() - started) / 1000;
    return { ...made, upToDate, imported, seconds, bytes: folderSize(folder) };
  } catch (error) {
    // A folder made for a collection that cannot be read would only puzzle whoever finds it.
    if (isNew && error instanceof LyrecError && UNREADABLE.includes(error.code)) rmSync(folder, { recursive: true });
    throw error;
  } finally {
    unlock?.();
    await parts.close();
  }
}

async function renewFolder(
  folder: string,
  older: Manifest | null,
  parts: Parts,
  options: BuildOptions,
): Promise<Pick<BuildReport, 'manifest' | 'embedded' | 'summarizing'>> {
  const { input, embedders, summarizer, vectors } = parts;
  const catalog = openCatalog(folder);
  try {
    // What an unfinished build left behind goes first; its vectors stay, they are kept by their texts.
    catalog.keepEditions(older ? [older.edition] : []);
    keepFiles(folder, older ? [older] : []);
    const edition = catalog.newEdition();
    const writer = summarizer?.id ?? older?.summarizer?.id ?? null;
    const { songs, unwritten, metadata, skipped } = await readInto(catalog, edition, writer, parts, options);
    if (songs === 0) {
      throw noSongs(input.name, skipped);
    }
    if (vectors) {
      const encoder = embedders.at(-1)!;
      importVectors(catalog, edition, encoder, vectors, { rows: songs + skipped.length, unwritten }, options);
      const asking = summarizer && isToBeAsked(catalog, edition, unwritten, summarizer, options.summarizing?.limit);
      await openForTheRest(catalog, edition, encoder, { asking: asking ?? false });
    }
    const summarizing = summarizer && (await writeSummaries(catalog, edition, unwritten, summarizer, options));
    catalog.forgetUnusedSongs();
    const writers = catalog.writers(edition);
    const summaries = writers.reduce((sum, { songs }) => sum + songs, 0);
    let embedded = 0;
    for (const embedder of embedders) {
      for (const field of FIELDS) embedded += await embedField(catalog, edition, field, embedder, options);
    }
    await addKeyLines(catalog, edition, embedders[0]!, options.signal);
    const files = await writeFiles(
      folder,
      catalog,
      edition,
      { embedders, counts: { lyrics: songs, summary: summaries } },
      options,
    );
    const manifest: Manifest = {
      format: FORMAT_VERSION,
      edition,
      lyrec: VERSION,
      built_at: new Date().toISOString(),
      source: { name: basename(input.name), sha256: input.checksum(), columns: options.columns ?? {} },
      songs,
      summaries,
      writers,
      summarizer: summarizer ? writerOf(summarizer) : (older?.summarizer ?? null),
      metadata,
      skipped,
      ...files,
    };
    throwIfInterrupted(options.signal);
    writeManifest(folder, manifest);
    // Whoever has the older edition open keeps it until the next build.
    const kept = older ? [older, manifest] : [manifest];
    keepFiles(folder, kept);
    catalog.keepEditions(kept.map(({ edition }) => edition));
    catalog.forgetUnusedVectors(kept.flatMap(({ embedders }) => embedders.map(({ id }) => id)));
    catalog.settle();
    return { manifest, embedded, summarizing };
  } finally {
    catalog.close();
  }
}

/** Writes an edition's vector files and wording files, those of each field that any song has. */
async function writeFiles(
  folder: string,
  catalog: Catalog,
  edition: number,
  { embedders, counts }: { embedders: readonly Embedder[]; counts: Readonly<Record<Field, number>> },
  options: BuildOptions,
): Promise<Pick<Manifest, 'embedders' | 'wording'>> {
  const fields = FIELDS.filter((field) => counts[field] > 0);
  const indexed: IndexedEmbedder[] = [];
  for (const embedder of embedders) {
    const files: Partial<Record<Field, FieldFiles>> = {};
    for (const field of fields) {
      files[field] = await writeFieldFiles(folder, catalog, edition, field, embedder, options);
    }
    const { kind, id, name, choice, dimensions } = embedder;
    indexed.push({ kind, id, name, choice, dimensions, fields: files });
  }
  const wording: Partial<Record<Field, IndexFile>> = {};
  for (const field of fields) {
    wording[field] = await writeWordingFile(folder, catalog, { edition, field, texts: counts[field] }, options);
  }
  return { embedders: indexed, wording };
}

function noSongs(name: string, skipped: readonly SkippedRow[]): LyrecError {
  if (skipped.length === 0) {
    return new LyrecError('no-songs', `${name} has no rows, only the names of its columns.`, {
      hint: 'Put a song into each row below them.',
    });
  }
  if (skipped.every(({ reason }) => reason === 'no words')) {
    return new LyrecError('no-songs', `${name} has no song with words.`, {
      hint: 'Check which column holds the lyrics: --columns lyrics=NAME.',
    });
  }
  return new LyrecError('no-songs', `${name} has no row that is a song: ${skippedInWords(skipped)}.`, {
    hint: `Look at line ${skipped.find(({ reason }) => reason !== 'no words')?.line}: every row has as many fields as the header, with quotes around those that hold commas or line ends.`,
  });
}

/** Whether an index was made of exactly this file, with these columns and models, and no song would get another summary. */
async function isMadeOf(
  folder: string,
  manifest: Manifest,
  { input, embedders, summarizer, given, vectors }: Parts,
  { input: file, columns = {}, summarizing }: BuildOptions,
): Promise<boolean> {
  const models = (all: readonly Pick<Embedder, 'id' | 'choice'>[]) => all.map(({ id, choice }) => ({ id, choice }));
  const asked = [models(embedders), columns];
  if (!isDeepStrictEqual([models(manifest.embedders), manifest.source.columns], asked)) return false;
  // A pipe can be read only once, so its rows are compared one by one; so are summaries from a file.
  if (input.bytes === null || given || (await checksumOf(file)) !== manifest.source.sha256) return false;
  // The writer's address is kept too: questions are expanded there.
  if (summarizer && !isDeepStrictEqual(writerOf(summarizer), manifest.summarizer)) return false;
  const catalog = Catalog.read(join(folder, CATALOG_FILE));
  try {
    // A build that was not finished may have put vectors of other rows in the place of this edition's.
    if (vectors && catalog.newEdition() !== manifest.edition + 1) return false;
    return isSummarized(catalog, manifest, summarizer, summarizing?.limit);
  } finally {
    catalog.close();
  }
}

function writerOf({ id, name, choice }: Summarizer): NonNullable<Manifest['summarizer']> {
  return { id, name, choice };
}

/**
 * The folder's catalog; a new one where it is broken. The broken one is put aside: summaries that were paid for may be in it, for
 * somebody to recover with SQLite's own tools.
 */
function openCatalog(folder: string): Catalog {
  const file = join(folder, CATALOG_FILE);
  try {
    return Catalog.write(file);
  } catch (error) {
    if (!(error instanceof LyrecError) || error.code !== 'index-damaged') throw error;
  }
  for (const end of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + end)) renameSync(file + end, `${file}.damaged${end}`);
  }
  return Catalog.write(file);
}

function manifestIfThere(folder: string): Manifest | null {
  try {
    const manifest = readManifest(folder);
    Catalog.read(join(folder, CATALOG_FILE)).close();
    return manifest;
  } catch (error) {
    // A damaged or unfinished index is mended by building it; one of another version is not ours to overwrite.
    if (error instanceof LyrecError && error.code !== 'index-version') return null;
    throw error;
  }
}

/** Removes the vector files that none of these manifests names. */
function keepFiles(folder: string, manifests: readonly Manifest[]): void {
  const named = new Set(manifests.flatMap(filesOf).map(({ name }) => name));
  for (const name of readdirSync(folder)) {
    if (/\.(codes|grams|hnsw)(\.new)?$/.test(name) && !named.has(name)) rmSync(join(folder, name));
  }
}
