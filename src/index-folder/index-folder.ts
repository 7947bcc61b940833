/**
 * An index folder and its `manifest.json`, which is written last: a reader trusts what it names and nothing else.
 *
 *     catalog.sqlite                         songs, summaries, vectors
 *     lyrics.<kind>.<edition>.codes          exact search over the lyrics vectors of the static model, of the encoder
 *     lyrics.<kind>.<edition>.hnsw           approximate search over the same
 *     lyrics.<edition>.grams                 which songs are worded how
 *     summary.<…>                            the same three for the summaries, where there are any
 *     manifest.json                          made with what, when, from what; names, sizes and checksums of the files but the catalog
 *     build.lock                             held while a build runs
 *
 * A build never writes to the files that the manifest names, and the next manifest's leave them where they are: whoever has
 * the index open can go on asking until the build after that.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT_VERSION } from '../catalog/catalog.js';
import type { ChatChoice } from '../chat/chat-model.js';
import type { Embedder, ModelChoice } from '../embedding/embedder.js';
import { LyrecError } from '../errors.js';
import type { SkippedRow } from '../reading/song-reader.js';
import type { Field } from '../song.js';
import { checksumOf } from './checksum.js';

export { checksumOf } from './checksum.js';
export { lockFolder } from './lock.js';

/** A file of the folder. */
export interface IndexFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The vectors of one field by one model. */
export interface FieldFiles {
  /** How many songs have them. */
  readonly count: number;
  readonly exact: IndexFile;
  /** Null where hnswlib was not installed when the index was built. */
  readonly hnsw: IndexFile | null;
}

/** A model, and the vectors it made. */
export interface IndexedEmbedder {
  readonly kind: Embedder['kind'];
  readonly id: string;
  readonly name: string;
  readonly choice: ModelChoice;
  readonly dimensions: number;
  readonly fields: Readonly<Partial<Record<Field, FieldFiles>>>;
}

/** The contents of `manifest.json`. */
export interface Manifest {
  readonly format: number;
  /** The catalog's edition this manifest speaks of. */
  readonly edition: number;
  readonly lyrec: string;
  /** ISO 8601. */
  readonly built_at: string;
  readonly source: {
    readonly name: string;
    readonly sha256: string;
    readonly columns: Readonly<Record<string, string>>;
  };
  readonly songs: number;
  /** How many songs have a summary that somebody wrote. */
  readonly summaries: number;
  /** Who wrote them, most first: `csv`, a language model, … */
  readonly writers: readonly { readonly name: string; readonly songs: number }[];
  /** The language model that wrote for the last build that had one; its summaries are preferred until another writes. */
  readonly summarizer: { readonly id: string; readonly name: string; readonly choice: ChatChoice } | null;
  /** The collection's further columns, by their names there. */
  readonly metadata: readonly string[];
  readonly skipped: readonly SkippedRow[];
  /** A static model first, then the encoder, if there is one. */
  readonly embedders: readonly IndexedEmbedder[];
  /** Full text, whatever the models. */
  readonly wording: Readonly<Partial<Record<Field, IndexFile>>>;
}

export const CATALOG_FILE = 'catalog.sqlite';

const MANIFEST_FILE = 'manifest.json';

/**
 * Reads the manifest of an index folder.
 *
 * @throws LyrecError `index-missing`, `index-unfinished`, `index-version` or `index-damaged`.
 */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(file)) {
    if (existsSync(join(folder, CATALOG_FILE))) {
      throw new LyrecError('index-unfinished', `The index in ${folder} was never finished.`, {
        hint: 'Run the same lyrec build again: it goes on where it stopped.',
      });
    }
    throw new LyrecError('index-missing', `There is no index in ${folder}.`, {
      hint: 'Make one with: lyrec build songs.csv, or name another folder with --index.',
    });
  }
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (cause) {
    throw new LyrecError('index-damaged', `${file} is damaged.`, { hint: 'Build the index again.', cause });
  }
  if (typeof manifest?.format !== 'number') throw damaged(file);
  if (manifest.format !== FORMAT_VERSION) {
    throw new LyrecError(
      'index-version',
      `The index in ${folder} has format ${manifest.format}; this LyRec reads format ${FORMAT_VERSION}.`,
      { hint: 'Build it again, into an empty folder.' },
    );
  }
  for (const { name, bytes } of filesOf(manifest)) {
    if (statSync(join(folder, name), { throwIfNoEntry: false })?.size === bytes) continue;
    throw damaged(join(folder, name));
  }
  return manifest;
}

/** Puts the manifest in place in one step. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const file = join(folder, MANIFEST_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(manifest, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** The files beside the catalog that a manifest names. */
export function filesOf({ embedders, wording }: Manifest): IndexFile[] {
  const fields = embedders.flatMap(({ fields }) => Object.values(fields));
  return [...fields.flatMap(({ exact, hnsw }) => (hnsw ? [exact, hnsw] : [exact])), ...Object.values(wording)];
}

/** What an index's models are called, together. */
export function modelNames({ embedders }: Manifest): string {
  return embedders.map(({ name }) => name).join(' + ');
}

/** Compares every file a manifest names with its checksum. @throws LyrecError `index-damaged`. */
export async function verifyFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const { name, sha256 } of filesOf(manifest)) {
    if ((await checksumOf(join(folder, name))) !== sha256) throw damaged(join(folder, name));
  }
}

/** The size of an index folder in bytes. */
export function folderSize(folder: string): number {
  // A build that runs meanwhile renames its files.
  const sizeOf = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return readdirSync(folder).reduce((sum, name) => sum + sizeOf(name), 0);
}

function damaged(file: string): LyrecError {
  return new LyrecError('index-damaged', `${file} is missing or damaged.`, { hint: 'Build the index again.' });
}
