/**
 * The library's one class: an index folder, and the questions it answers.
 * @module
 */
import { join } from 'node:path';
import { Catalog } from './catalog/catalog.js';
import type { ChatChoice } from './chat/chat-model.js';
import { type Embedder, openEmbedder, type QueryKind } from './embedding/embedder.js';
import { LyrecError } from './errors.js';
import {
  CATALOG_FILE,
  folderSize,
  type Manifest,
  modelNames,
  readManifest,
  verifyFiles,
} from './index-folder/index-folder.js';
import {
  LocalStore,
  type QueryVector,
  type SearchMethod,
  searchBoth,
  searchDescription,
  searchLyrics,
} from './searching/search.js';
import { SongNames } from './searching/song-names.js';
import { EXTRACTIVE, type Query, type Song, type SongMatch } from './song.js';
import { hnswAvailable, type Neighbour } from './vectors/vector-index.js';

/** How to open an index. */
export interface OpenOptions {
  /**
   * `hnsw` (the default) takes tenths of a second to open a large index and answers in a millisecond;
   * `exact` opens at once, for a program that asks one question.
   */
  readonly search?: SearchMethod;
}

/** How much of an answer is wanted. */
export interface AskOptions {
  /** The number of songs, at least 1; 10 unless given. */
  readonly k?: number;
  /** What to search for in place of the description, as `expand` made it; the answer's query names both. */
  readonly expanded?: string;
}

/** How to answer a question with both parts. */
export interface BothOptions extends AskOptions {
  /** How many songs with near lyrics are put in order by the description; 500 unless given, as in the article. */
  readonly candidates?: number;
}

/** Songs, best first. */
export interface Answer {
  readonly query: Query;
  readonly matches: readonly SongMatch[];
}

/** What is in an index. */
export interface IndexInfo {
  readonly folder: string;
  readonly manifest: Manifest;
}

const TOP = 10;
const CANDIDATES = 500;

/**
 * An open index folder.
 *
 * @example
 * ```ts
 * const lyrec = await LyRec.open('indexes');
 * const { matches } = await lyrec.describe('a dreamy song about childhood memories', { k: 3 });
 * for (const { rank, score, song } of matches) console.log(rank, score, song.artist, song.title);
 * lyrec.close();
 * ```
 */
export class LyRec {
  readonly info: IndexInfo;
  readonly #catalog: Catalog;
  readonly #store: LocalStore;
  #embedders: Promise<Embedder[]> | undefined;
  #names: SongNames | undefined;

  private constructor(folder: string, manifest: Manifest, catalog: Catalog, method: SearchMethod) {
    this.info = { folder, manifest };
    this.#catalog = catalog;
    this.#store = new LocalStore(folder, manifest, catalog, method);
  }

  /**
   * Opens an index folder that `lyrec build` made. Models and vectors are loaded when a question first needs them.
   *
   * @throws LyrecError `index-missing`, `index-unfinished`, `index-version` or `index-damaged`.
   */
  static async open(folder: string, { search = 'hnsw' }: OpenOptions = {}): Promise<LyRec> {
    const manifest = readManifest(folder);
    return new LyRec(folder, manifest, Catalog.read(join(folder, CATALOG_FILE)), search);
  }

  /** Lets go of the index's files and models. */
  async close(): Promise<void> {
    this.#catalog.close();
    this.#store.close();
    for (const embedder of (await this.#embedders) ?? []) await embedder.close();
  }

  /** The songs whose lyrics are most like these. @throws LyrecError `bad-argument` for empty lyrics. */
  async similarLyrics(lyrics: string, { k = TOP }: Pick<AskOptions, 'k'> = {}): Promise<Answer> {
    checkCount(k, 'k');
    const vectors = await this.#embed(lyrics, 'lyrics');
    return this.#answer({ lyrics }, await searchLyrics(this.#store, vectors, k));
  }

  /** The songs that fit a free description best. @throws LyrecError `bad-argument` for an empty one. */
  async describe(description: string, { k = TOP, expanded }: AskOptions = {}): Promise<Answer> {
    checkCount(k, 'k');
    const vectors = await this.#embed(expanded ?? description, 'description');
    const query = { description, ...(expanded !== undefined && { expanded }) };
    return this.#answer(query, await searchDescription(this.#store, vectors, k));
  }

  /**
   * The songs nearest by lyrics, in the order in which they fit the description.
   *
   * @throws LyrecError `bad-argument` for empty lyrics or an empty description.
   */
  async both(
    { lyrics, description }: Required<Pick<Query, 'lyrics' | 'description'>>,
    { k = TOP, candidates = CANDIDATES, expanded }: BothOptions = {},
  ): Promise<Answer> {
    checkCount(k, 'k');
    checkCount(candidates, 'candidates');
    const vectors = {
      lyrics: await this.#embed(lyrics, 'lyrics'),
      description: await this.#embed(expanded ?? description, 'description'),
    };
    const query = { lyrics, description, ...(expanded !== undefined && { expanded }) };
    return this.#answer(query, await searchBoth(this.#store, vectors, { k, candidates }));
  }

  /**
   * Has a language model rewrite a sloppy description into a full one; give it to `describe` or `both` as `expanded`.
   *
   * @param choice the model; the one that wrote the index's summaries unless given.
   * @throws LyrecError `llm-missing` if there is neither, `llm-failed` if nothing usable comes back, and as opening and asking
   *   the model do.
   */
  async expand(
    description: string,
    choice?: ChatChoice,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<string> {
    const chosen = choice ?? this.info.manifest.summarizer?.choice;
    if (!chosen) {
      throw new LyrecError('llm-missing', 'No language model is named that could expand the description.', {
        hint: 'Name one with --llm or LYREC_LLM: the address of a chat server, a name on the hub, or a folder.',
      });
    }
    const [{ openChatModel }, { expandDescription }] = await Promise.all([
      import('./chat/chat-model.js'),
      import('./summarizing/expand.js'),
    ]);
    const model = await openChatModel(chosen);
    try {
      return await expandDescription(model, description, options);
    } finally {
      await model.close();
    }
  }

  /**
   * Every song whose summary somebody wrote, in the order of ids, with the writer's id: `csv` where the summary came with the
   * collection.
   */
  *summaries(): Generator<{ readonly song: Song; readonly summarizer: string }> {
    for (const song of this.#catalog.songsInOrder(this.info.manifest.edition)) {
      if (song.summary === null || song.summaryBy === EXTRACTIVE) continue;
      yield { song, summarizer: this.#catalog.summaries.writerOf(song) ?? song.summaryBy ?? 'csv' };
    }
  }

  /**
   * Reads every vector file and compares it with its checksum.
   *
   * @returns the folder's size in bytes, and whether many questions are answered from an HNSW graph.
   * @throws LyrecError `index-damaged`.
   */
  async check(): Promise<{ bytes: number; hnsw: boolean }> {
    const { folder, manifest } = this.info;
    await verifyFiles(folder, manifest);
    const fields = manifest.embedders.flatMap(({ fields }) => Object.values(fields));
    const graphs = fields.every(({ hnsw }) => hnsw !== null);
    return { bytes: folderSize(folder), hnsw: graphs && (await hnswAvailable()) };
  }

  /** One song. @throws LyrecError `song-unknown`. */
  song(id: number): Song {
    const [song] = this.#store.songs([id]);
    if (song) return song;
    throw new LyrecError('song-unknown', `The index in ${this.info.folder} has no song ${id}.`, {
      hint: 'A song_id is the number of the row in the CSV, from 1; rows without words have none.',
    });
  }

  /** The ids of all songs, in order. */
  songIds(): readonly number[] {
    this.#names ??= new SongNames(this.#catalog.names(this.info.manifest.edition));
    return this.#names.ids;
  }

  /** The ids of the songs of this name, whatever its capitals and punctuation; most often one or none. */
  songsNamed(name: { readonly artist: string; readonly title: string }): readonly number[] {
    this.#names ??= new SongNames(this.#catalog.names(this.info.manifest.edition));
    return this.#names.find(name);
  }

  /** The question as each of the index's models sees it; a model that knows none of its words has no say. */
  async #embed(text: string, kind: QueryKind): Promise<QueryVector[]> {
    const them = kind === 'lyrics' ? 'these lyrics' : 'this description';
    if (!/\S/.test(text)) {
      throw new LyrecError('bad-argument', kind === 'lyrics' ? 'The lyrics are empty.' : 'The description is empty.');
    }
    this.#embedders ??= openIndexed(this.info);
    const vectors: QueryVector[] = [];
    for (const embedder of await this.#embedders) {
      const vector = await embedder.embedQuery(text, kind);
      if (vector.some((value) => value !== 0)) vectors.push({ model: embedder.id, kind: embedder.kind, vector });
    }
    if (vectors.length > 0) return vectors;
    throw new LyrecError('words-unknown', `The model ${modelNames(this.info.manifest)} knows no word of ${them}.`, {
      hint: 'Ask in the words of the songs, in a language that the model was made for.',
    });
  }

  #answer(query: Query, neighbours: readonly Neighbour[]): Answer {
    const songs = new Map(this.#store.songs(neighbours.map(({ id }) => id)).map((song) => [song.id, song]));
    const found = neighbours.flatMap(({ id, score }) => {
      const song = songs.get(id);
      return song ? [{ song, score }] : [];
    });
    return { query, matches: found.map((match, place) => ({ rank: place + 1, ...match })) };
  }
}

/** The models an index was built with, and no others. */
async function openIndexed({ folder, manifest }: IndexInfo): Promise<Embedder[]> {
  return Promise.all(
    manifest.embedders.map(async ({ id, name, choice }) => {
      const embedder = await openEmbedder(choice);
      if (embedder.id === id) return embedder;
      await embedder.close();
      throw new LyrecError('model-mismatch', `The model ${name} has changed since the index in ${folder} was built.`, {
        hint: 'Build the index again.',
      });
    }),
  );
}

function checkCount(value: number, name: string): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new LyrecError('bad-argument', `${name} must be a whole number from 1, not ${value}.`);
}
