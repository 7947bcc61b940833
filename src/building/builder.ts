/**
 * From a CSV to a finished index folder.
 *
 *     reading ─► catalog ─► embedding ─► vector files ─► manifest
 *
 * A build works on an edition of its own; the manifest, written last, makes it the one that readers see. Whatever
 * ends a build before that leaves the older index as it was, and the vectors made so far for the next build.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
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
import { type ColumnNames, type Input, openInput, readSongs, type SkippedRow } from '../reading/song-reader.js';
import type { Field, Song } from '../song.js';
import { VERSION } from '../version.js';
import { embedField } from './embed-field.js';
import { writeFieldFiles, writeWordingFile } from './field-files.js';
import { importVectors, openVectors, type VectorFiles, type VectorImport } from './import-vectors.js';

/** What a build is doing, for whoever shows it. */
export interface BuildProgress {
  readonly stage: 'downloading' | 'reading' | 'importing' | 'embedding' | 'indexing';
  readonly field?: Field;
  /** The model at work, where one is. */
  readonly model?: string;
  readonly done: number;
  readonly total: number | null;
  /** What `done` and `total` count. */
  readonly unit: 'songs' | 'bytes' | 'vectors' | 'texts';
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
  readonly seconds: number;
  /** Bytes of the index folder. */
  readonly bytes: number;
}

const SONGS_A_TRANSACTION = 500;

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
 * @throws LyrecError for every input that cannot be read, `no-songs`, `index-busy`, `model-missing`, `interrupted`;
 *   an index that was in the folder before stays as it was.
 */
export async function buildIndex(options: BuildOptions): Promise<BuildReport> {
  const started = performance.now();
  const { folder, signal } = options;
  const input = openInput(options.input);
  const vectors = await openVectors(options.vectors);
  const embedders = await openModels(options, vectors).catch((error) => {
    vectors?.close();
    throw error;
  });
  const isNew = !existsSync(folder);
  makeFolder(folder);
  const unlock = lockFolder(folder);
  try {
    const older = manifestIfThere(folder);
    const upToDate = older !== null && (await isMadeOf(older, input, embedders, options));
    throwIfInterrupted(signal);
    const { manifest, embedded } = upToDate
      ? { manifest: older, embedded: 0 }
      : await renewFolder(folder, older, input, embedders, vectors, options);
    return { manifest, upToDate, embedded, seconds: (performance.now() - started) / 1000, bytes: folderSize(folder) };
  } catch (error) {
    // A folder made for a collection that cannot be read would only puzzle whoever finds it.
    if (isNew && error instanceof LyrecError && UNREADABLE.includes(error.code)) rmSync(folder, { recursive: true });
    throw error;
  } finally {
    unlock();
    vectors?.close();
    await Promise.all(embedders.map((embedder) => embedder.close()));
  }
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
  input: Input,
  embedders: readonly Embedder[],
  vectors: VectorImport | undefined,
  options: BuildOptions,
): Promise<{ manifest: Manifest; embedded: number }> {
  const catalog = Catalog.write(join(folder, CATALOG_FILE));
  try {
    // What an unfinished build left behind goes first; its vectors stay, they are kept by their texts.
    catalog.keepEditions(older ? [older.edition] : []);
    keepFiles(folder, older ? [older] : []);
    const edition = catalog.newEdition();
    const { songs, summaries, metadata, skipped } = await readInto(catalog, edition, input, options);
    if (songs === 0) {
      throw new LyrecError('no-songs', `${input.name} has no song with words.`, {
        hint: 'Check which column holds the lyrics: --columns lyrics=NAME.',
      });
    }
    const fields: Field[] = summaries > 0 ? ['lyrics', 'summary'] : ['lyrics'];
    const encoder = embedders.at(-1)!;
    const rows = songs + skipped.length;
    if (vectors) importVectors(catalog, edition, encoder, vectors, { rows, fields }, options);
    let embedded = 0;
    for (const embedder of embedders) {
      for (const field of fields) embedded += await embedField(catalog, edition, field, embedder, options);
    }
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
    return { manifest, embedded };
  } finally {
    catalog.close();
  }
}

/** Reads every row into the catalog. */
async function readInto(
  catalog: Catalog,
  edition: number,
  input: Input,
  { columns, onProgress, signal }: BuildOptions,
): Promise<{ songs: number; summaries: number; metadata: string[]; skipped: SkippedRow[] }> {
  const skipped: SkippedRow[] = [];
  const metadata = new Set<string>();
  let songs = 0;
  let summaries = 0;
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
    batch.push(row.song);
    if (row.song.summary !== null) summaries++;
    for (const name of Object.keys(row.song.metadata)) metadata.add(name);
    if (batch.length === SONGS_A_TRANSACTION) flush();
  }
  flush();
  return { songs, summaries, metadata: [...metadata], skipped };
}

/** Whether an index was made of exactly this file, with these columns and these models, asked in this way. */
async function isMadeOf(
  manifest: Manifest,
  input: Input,
  embedders: readonly Embedder[],
  { input: file, columns = {} }: BuildOptions,
): Promise<boolean> {
  const models = (all: readonly Pick<Embedder, 'id' | 'choice'>[]) => all.map(({ id, choice }) => ({ id, choice }));
  const asked = [models(embedders), columns];
  if (!isDeepStrictEqual([models(manifest.embedders), manifest.source.columns], asked)) return false;
  // Standard input can be read only once, so its rows are compared one by one.
  return input.bytes !== null && (await checksumOf(file)) === manifest.source.sha256;
}

function manifestIfThere(folder: string): Manifest | null {
  try {
    return readManifest(folder);
  } catch (error) {
    // A damaged or unfinished index is mended by building it; one of another version is not ours to overwrite.
    if (error instanceof LyrecError && error.code !== 'index-version') return null;
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new LyrecError('bad-argument', `${folder} cannot be used as an index folder.`, {
      hint: 'Name a folder that can be written with --index.',
      cause,
    });
  }
}

/** Removes the vector files that none of these manifests names. */
function keepFiles(folder: string, manifests: readonly Manifest[]): void {
  const named = new Set(manifests.flatMap(filesOf).map(({ name }) => name));
  for (const name of readdirSync(folder)) {
    if (/\.(codes|grams|hnsw)(\.new)?$/.test(name) && !named.has(name)) rmSync(join(folder, name));
  }
}
