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
import {
  DEFAULT_MODEL,
  type DownloadOptions,
  type Embedder,
  type ModelChoice,
  openEmbedders,
} from '../embedding/embedder.js';
import { choiceOfImported } from '../embedding/imported/imported-vectors.js';
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
import { type ColumnNames, type Input, openInput, type SkippedRow, skippedInWords } from '../reading/song-reader.js';
import type { Field } from '../song.js';
import { openSummarizer, type Summarizer } from '../summarizing/summarizer.js';
import { GivenSummaries } from '../summarizing/summary-file.js';
import { VERSION } from '../version.js';
import { embedField } from './embed-field.js';
import { writeFieldFiles, writeWordingFile } from './field-files.js';
import { importVectors, openVectors, type VectorFiles, type VectorImport } from './import-vectors.js';
import { addKeyLines } from './key-lines.js';
import { readInto } from './read-into.js';
import { isSummarized, writeSummaries } from './summaries.js';
import type { SummarizingOptions, SummarizingProgress, SummarizingReport } from './summarize-songs.js';

export type { FailedSong, SummarizingOptions, SummarizingReport } from './summarize-songs.js';

/** What a build is doing, for whoever shows it. */
export interface BuildProgress {
  readonly stage: 'downloading' | 'reading' | 'summarizing' | 'importing' | 'embedding' | 'indexing';
  readonly field?: Field;
  /** The model at work, where one is. */
  readonly model?: string;
  readonly done: number;
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: 'songs' | 'bytes' | 'vectors' | 'texts';
  /** What a language model has taken, and how often it failed. */
  readonly summarizing?: Pick<SummarizingProgress, 'failed' | 'tokens'>;
}

/** How to build. */
export interface BuildOptions {
  /** The collection: a CSV, or `-` for standard input. */
  readonly input: string;
  /** The index folder; made if it is not there. */
  readonly folder: string;
  readonly model?: ModelChoice;
  /** Vectors that `model` made before, a row of the CSV each. */
  readonly vectors?: VectorFiles;
  readonly columns?: ColumnNames;
  /**
   * Who is to write the summaries that the collection lacks. Without anybody, songs keep the summaries that were ever written
   * for them, those of the index's last writer before others'.
   */
  readonly summarizing?: SummarizingOptions;
  /** A file of summaries, such as `lyrec export` writes; they count like a column of the collection. */
  readonly summaries?: string;
  readonly onProgress?: (progress: BuildProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a build did. */
export interface BuildReport {
  readonly manifest: Manifest;
  /** Whether the index was already made of exactly this. */
  readonly upToDate: boolean;
  /** Texts embedded now; the others' vectors were there. */
  readonly embedded: number;
  /** What the language model did; null where none was asked. */
  readonly summarizing: SummarizingReport | null;
  /** Summaries read from a file, and how many of them belong to no song; null where there was no file. */
  readonly imported: { readonly read: number; readonly unused: number } | null;
  readonly seconds: number;
  /** Bytes of the index folder. */
  readonly bytes: number;
}

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
  const input = openInput(options.input);
  const given = options.summaries === undefined ? null : await GivenSummaries.read(options.summaries);
  const summarizer = options.summarizing ? await openSummarizer(options.summarizing) : null;
  const vectors = await openVectors(options.vectors);
  const embedders = await openModels(options, vectors).catch((error) => {
    vectors?.close();
    throw error;
  });
  const isNew = !existsSync(folder);
  const unlock = lockFolder(folder);
  try {
    const older = manifestIfThere(folder);
    const parts: Parts = { input, embedders, summarizer, given, vectors };
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
    unlock();
    vectors?.close();
    await Promise.all([summarizer, ...embedders].map((model) => model?.close()));
  }
}

/** What a build works with, opened. */
interface Parts {
  readonly input: Input;
  readonly embedders: readonly Embedder[];
  readonly summarizer: Summarizer | null;
  readonly given: GivenSummaries | null;
  readonly vectors: VectorImport | undefined;
}

/** The models of a build; one of the hub may be fetched. */
async function openModels(
  { model, onProgress, signal }: BuildOptions,
  vectors: VectorImport | undefined,
): Promise<Embedder[]> {
  const download: DownloadOptions = {
    signal,
    onDownload: (progress) => onProgress?.({ stage: 'downloading', unit: 'bytes', ...progress }),
  };
  if (!vectors) return openEmbedders(model, download);
  if (model && model.model !== DEFAULT_MODEL) return openEmbedders(choiceOfImported(model, vectors), download);
  throw new LyrecError('bad-argument', 'Vectors need the name of the model that made them.', {
    hint: 'Name it with --model: questions are read by the same model.',
  });
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
    const summarizing = summarizer && (await writeSummaries(catalog, edition, unwritten, summarizer, options));
    catalog.forgetUnusedSongs();
    const writers = catalog.writers(edition);
    const summaries = writers.reduce((sum, { songs }) => sum + songs, 0);
    const fields: Field[] = summaries > 0 ? ['lyrics', 'summary'] : ['lyrics'];
    const encoder = embedders.at(-1)!;
    const rows = songs + skipped.length;
    if (vectors) importVectors(catalog, edition, encoder, vectors, { rows, fields }, options);
    let embedded = 0;
    for (const embedder of embedders) {
      for (const field of fields) embedded += await embedField(catalog, edition, field, embedder, options);
    }
    await addKeyLines(catalog, edition, embedders[0]!, options.signal);
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
      const texts = field === 'lyrics' ? songs : summaries;
      wording[field] = await writeWordingFile(folder, catalog, { edition, field, texts }, options);
    }
    const manifest: Manifest = {
      format: FORMAT_VERSION,
      edition,
      lyrec: VERSION,
      built_at: new Date().toISOString(),
      source: { name: basename(input.name), sha256: input.checksum(), columns: options.columns ?? {} },
      songs,
      summaries,
      writers,
      summarizer: summarizer
        ? { id: summarizer.id, name: summarizer.name, choice: summarizer.choice }
        : (older?.summarizer ?? null),
      metadata,
      skipped,
      embedders: indexed,
      wording,
    };
    throwIfInterrupted(options.signal);
    writeManifest(folder, manifest);
    keepFiles(folder, [manifest]);
    // Whoever has the older edition open keeps it until the next build.
    catalog.keepEditions(older ? [older.edition, edition] : [edition]);
    catalog.forgetUnusedVectors();
    catalog.settle();
    return { manifest, embedded, summarizing };
  } finally {
    catalog.close();
  }
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
  { input, embedders, summarizer, given }: Parts,
  { input: file, columns = {}, summarizing }: BuildOptions,
): Promise<boolean> {
  const models = (all: readonly Pick<Embedder, 'id' | 'choice'>[]) => all.map(({ id, choice }) => ({ id, choice }));
  const asked = [models(embedders), columns];
  if (!isDeepStrictEqual([models(manifest.embedders), manifest.source.columns], asked)) return false;
  // Standard input can be read only once, so its rows are compared one by one; so are summaries from a file.
  if (input.bytes === null || given || (await checksumOf(file)) !== manifest.source.sha256) return false;
  if (summarizer && summarizer.id !== manifest.summarizer?.id) return false;
  const catalog = Catalog.read(join(folder, CATALOG_FILE));
  try {
    return isSummarized(catalog, manifest, summarizer, summarizing?.limit);
  } finally {
    catalog.close();
  }
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
