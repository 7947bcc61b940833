/**
 * The library's one class: an index folder, and the questions it answers.
 * @module
 */
import { join } from 'node:path';
import type { AskOptions, BothOptions, LikeOptions, PathOptions } from './ask-options.js';
import { Catalog } from './catalog/catalog.js';
import type { ChatChoice } from './chat/chat-model.js';
import { checkCount, checkOptions, checkReferences, checkText } from './check-question.js';
import { LyrecError } from './errors.js';
import { CATALOG_FILE, folderSize, type Manifest, readManifest, verifyFiles } from './index-folder/index-folder.js';
import { IndexModels } from './index-models.js';
import type { Filters } from './searching/filters.js';
import type { Folded } from './searching/fold.js';
import { choosePage } from './searching/page.js';
import {
  LocalStore,
  modelsOf,
  type Ranking,
  rankByBoth,
  rankByDescription,
  rankByLyrics,
  type SearchMethod,
  type SignalOptions,
  type Space,
} from './searching/search.js';
import { SongNames } from './searching/song-names.js';
import { type QuestionKind, WEIGHTS, type Weights } from './searching/weights.js';
import { EXTRACTIVE, type Query, type Song, type SongMatch } from './song.js';
import { hnswAvailable } from './vectors/vector-index.js';

export type { AskOptions, BothOptions, LikeOptions, PathOptions } from './ask-options.js';

/** How to open an index. */
export interface OpenOptions {
  /**
   * `hnsw` (the default) takes tenths of a second to open a large index and answers in a millisecond;
   * `exact` opens at once, for a program that asks one question.
   */
  readonly search?: SearchMethod;
}

/** Songs, best first. */
export interface Answer {
  readonly query: Query;
  readonly matches: readonly SongMatch[];
  /** How many songs pass the filters; null without filters. */
  readonly passing: number | null;
}

/** A walk: songs in order, each with its cosine to the one before it. */
export interface Path {
  readonly songs: readonly { readonly song: Song; readonly score: number | null }[];
}

/** What counts how much in the answers of an index, by kind of question. */
export type IndexWeights = Readonly<Partial<Record<QuestionKind, Weights>>>;

/** What is in an index. */
export interface IndexInfo {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What an index needs to answer. */
interface OpenIndex {
  readonly catalog: Catalog;
  readonly store: LocalStore;
  readonly models: IndexModels;
}

const TOP = 10;
const CANDIDATES = 500;
const STEPS = 6;

/**
 * An open index folder.
 *
 * @example
 * ```ts
 * const lyrec = await LyRec.open('indexes');
 * const { matches } = await lyrec.describe('a dreamy song about childhood memories', { k: 3 });
 * for (const { rank, score, song } of matches) console.log(rank, score, song.artist, song.title);
 * await lyrec.close();
 * ```
 */
export class LyRec {
  readonly info: IndexInfo;
  #open: OpenIndex | null;
  #names: SongNames | undefined;

  private constructor(folder: string, manifest: Manifest, catalog: Catalog, method: SearchMethod) {
    this.info = { folder, manifest };
    this.#open = {
      catalog,
      models: new IndexModels(folder, manifest),
      store: new LocalStore(folder, manifest, catalog, method),
    };
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

  /** Lets go of the index's files and models; whoever asks afterwards gets a LyrecError `index-closed`. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    open?.store.close();
    open?.catalog.close();
    await open?.models.close();
  }

  /** The songs whose lyrics are most like these. @throws LyrecError `bad-argument` for empty lyrics. */
  async similarLyrics(lyrics: string, options: AskOptions = {}): Promise<Answer> {
    checkText(lyrics, 'lyrics');
    checkOptions(options);
    const question = await this.#models.question(lyrics, 'lyrics', options);
    const ranking = rankByLyrics(this.#store, question, await this.#signalOptions(options));
    const quoted = await this.#quoted({ lyrics });
    return this.#answer({ lyrics }, quoted(ranking), options);
  }

  /** The songs that fit a free description best. @throws LyrecError `bad-argument` for an empty one. */
  async describe(description: string, options: AskOptions = {}): Promise<Answer> {
    checkText(description, 'description');
    checkOptions(options);
    const { expanded } = options;
    const question = await this.#models.question(expanded ?? description, 'description', options);
    const ranking = rankByDescription(this.#store, question, await this.#signalOptions(options));
    // Who quotes a phrase means it, whatever a language model makes of the rest.
    const query = { description, ...(expanded !== undefined && { expanded }) };
    const quoted = await this.#quoted({ description });
    return this.#answer(query, quoted(ranking), options);
  }

  /**
   * The songs nearest by lyrics, in the order in which they fit the description; or the other way round.
   *
   * @throws LyrecError `bad-argument` for empty lyrics or an empty description.
   */
  async both(
    { lyrics, description }: Required<Pick<Query, 'lyrics' | 'description'>>,
    options: BothOptions = {},
  ): Promise<Answer> {
    const { candidates = CANDIDATES, first = 'lyrics', expanded } = options;
    checkText(lyrics, 'lyrics');
    checkText(description, 'description');
    checkOptions(options);
    checkCount(candidates, 'candidates');
    const questions = {
      lyrics: await this.#models.question(lyrics, 'lyrics', options),
      description: await this.#models.question(expanded ?? description, 'description', options),
    };
    const steps = { first, candidates, quoted: await this.#quoted({ lyrics, description }) };
    const ranking = rankByBoth(this.#store, questions, steps, await this.#signalOptions(options));
    return this.#answer({ lyrics, description, ...(expanded !== undefined && { expanded }) }, ranking, options);
  }

  /**
   * Songs like these, and unlike those in `but`; none of them is in the answer.
   *
   * @param references song ids, or names as `Artist - Title`.
   * @throws LyrecError `song-unknown` with the nearest names, `bad-argument` for a name that several songs have.
   */
  async like(references: readonly (number | string)[], options: LikeOptions = {}): Promise<Answer> {
    checkReferences(references, 'songs');
    checkReferences(options.but ?? [], 'but');
    checkOptions(options);
    if (references.length === 0) throw new LyrecError('bad-argument', 'There is no song to find others like.');
    const like = await this.#findSongs(references);
    const but = await this.#findSongs(options.but ?? []);
    const onBothSides = like.find((id) => but.includes(id));
    if (onBothSides !== undefined) {
      throw new LyrecError(
        'bad-argument',
        `Song ${onBothSides} is both among those to be like and those to be unlike.`,
      );
    }
    const { rankLike } = await import('./searching/like.js');
    const models = this.#models.kinds;
    const songs = { like, but, by: options.by ?? 'both' };
    const ranking = rankLike(this.#store, models, songs, await this.#signalOptions(options));
    return this.#answer({ like, ...(but.length > 0 && { but }) }, ranking, options);
  }

  /**
   * A walk from one song to another whose largest jump is as small as it can be.
   *
   * @throws LyrecError as `like`, and `bad-argument` if too few songs lie between the two.
   */
  async path(from: number | string, to: number | string, options: PathOptions = {}): Promise<Path> {
    const { steps = STEPS, by = 'both' } = options;
    checkReferences([from, to], 'songs');
    checkOptions(options);
    checkCount(steps, 'steps');
    const [start, end] = (await this.#findSongs([from, to])) as [number, number];
    if (start === end) throw new LyrecError('bad-argument', 'The walk starts and ends at the same song.');
    const [{ fieldsOf }, { walk }] = await Promise.all([import('./searching/like.js'), import('./searching/path.js')]);
    const spaces = fieldsOf(this.#store, by).flatMap((field) =>
      this.#models.kinds.map(({ model }) => ({ field, model })),
    );
    const passed = await this.#passing(options);
    const walked = await walk(this.#store, spaces, {
      from: start,
      to: end,
      steps,
      ...(passed && { allowed: (id: number) => passed.has(id) }),
    });
    return { songs: walked.map(({ id, score }) => ({ song: this.song(id), score })) };
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
    checkText(description, 'description');
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
   * Reads every file of the index: the catalog's pages must fit together, the others must have their checksums.
   *
   * @returns the folder's size in bytes, and whether many questions are answered from an HNSW graph.
   * @throws LyrecError `index-damaged`.
   */
  async check(): Promise<{ bytes: number; hnsw: boolean }> {
    const { folder, manifest } = this.info;
    this.#catalog.check();
    await verifyFiles(folder, manifest);
    const fields = manifest.embedders.flatMap(({ fields }) => Object.values(fields));
    const graphs = fields.every(({ hnsw }) => hnsw !== null);
    return { bytes: folderSize(folder), hnsw: graphs && (await hnswAvailable()) };
  }

  /** How much each signal counts, for each kind of question that this index answers. */
  get weights(): IndexWeights {
    const { embedders, summaries, songs } = this.info.manifest;
    const kinds: QuestionKind[] = ['excerpt', 'song'];
    if (summaries < songs) kinds.unshift('description without summaries');
    if (summaries > 0) kinds.unshift('description');
    return Object.fromEntries(kinds.map((kind) => [kind, WEIGHTS[kind][modelsOf(embedders)]]));
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

  get #parts(): OpenIndex {
    if (this.#open) return this.#open;
    throw new LyrecError('index-closed', `The index in ${this.info.folder} is closed.`, {
      hint: 'Ask before close(), or open it again with LyRec.open.',
    });
  }

  get #catalog(): Catalog {
    return this.#parts.catalog;
  }

  get #store(): LocalStore {
    return this.#parts.store;
  }

  get #models(): IndexModels {
    return this.#parts.models;
  }

  async #findSongs(references: readonly (number | string)[]): Promise<number[]> {
    const { findSong } = await import('./searching/names.js');
    return references.map((reference) =>
      typeof reference === 'number' ? this.song(reference).id : findSong(this.#store, reference),
    );
  }

  // What only some questions need is loaded by those: a question of a process of its own starts the sooner.

  async #signalOptions({ dense, popularity = 0 }: AskOptions): Promise<SignalOptions> {
    if (popularity === 0) return { dense };
    const { popularityJudge } = await import('./searching/popularity.js');
    return {
      dense,
      popularity: { judge: popularityJudge(this.#store, this.info.manifest.metadata), weight: popularity },
    };
  }

  async #passing(filters: Filters): Promise<ReadonlySet<number> | null> {
    const { artists, notArtists, where, minPopularity } = filters;
    if (![artists, notArtists, where].some((list) => list?.length) && minPopularity === undefined) return null;
    const { passing } = await import('./searching/filters.js');
    return passing(this.#store, filters, this.info.manifest.metadata);
  }

  /** What puts the songs of a ranking first that hold what the question has in quotation marks. */
  async #quoted({ lyrics = '', description = '' }: Query): Promise<(ranking: Ranking) => Ranking> {
    if (!/["“„«]/.test(lyrics + description)) return (ranking) => ranking;
    const { phrasesFirst, phrasesIn, wholePhrase } = await import('./searching/phrase.js');
    const phrases = [...wholePhrase(lyrics), ...phrasesIn(description)];
    return (ranking) => phrasesFirst(this.#store, ranking, phrases);
  }

  async #answer(query: Query, ranking: Ranking, options: AskOptions): Promise<Answer> {
    const { k = TOP, fold = true, diverse = false, sort = 'score' } = options;
    const { metadata, embedders } = this.info.manifest;
    const passed = await this.#passing(options);
    const space: Space = { field: 'lyrics', model: embedders[0]?.id ?? '' };
    const allowed = passed ? (id: number) => passed.has(id) : undefined;
    let page = await choosePage(this.#store, space, ranking, { k, allowed, fold, diverse });
    if (sort === 'popularity') {
      const { popularities } = await import('./searching/popularity.js');
      const popular = popularities(this.#store, metadata);
      const of = ({ id }: Folded) => popular.get(id) ?? Number.NEGATIVE_INFINITY;
      page = page.toSorted((a, b) => of(b) - of(a) || 0);
    }
    const songs = new Map(this.#store.songs(page.map(({ id }) => id)).map((song) => [song.id, song]));
    const matches: SongMatch[] = [];
    for (const { id, score, parts, also } of page) {
      const song = songs.get(id)!;
      const lines = options.explain ? await this.#models.lines(query, song) : null;
      const match = {
        rank: matches.length + 1,
        score,
        song,
        parts,
        also: also.length > 0 ? this.#store.songs(also) : [],
      };
      matches.push(lines ? { ...match, lines } : match);
    }
    return { query, matches, passing: passed?.size ?? null };
  }
}
