/**
 * The models of an index, each opened when a question first needs it.
 * @module
 */
import { type Embedder, openEmbedder, type QueryKind } from './embedding/embedder.js';
import { LyrecError } from './errors.js';
import { type IndexedEmbedder, type Manifest, modelNames } from './index-folder/index-folder.js';
import type { RankingModel } from './searching/like.js';
import { countingKinds, modelsOf, type QueryVector, type Question } from './searching/search.js';
import type { MatchingLine, Query, Song } from './song.js';
import { gramsOf } from './wording/wording-index.js';

/** Reads questions as the models an index was built with see them, and no others. */
export class IndexModels {
  readonly #folder: string;
  readonly #manifest: Manifest;
  readonly #opened = new Map<string, Promise<Embedder>>();

  constructor(folder: string, manifest: Manifest) {
    this.#folder = folder;
    this.#manifest = manifest;
  }

  async close(): Promise<void> {
    for (const opened of await Promise.allSettled(this.#opened.values())) {
      if (opened.status === 'fulfilled') await opened.value.close();
    }
  }

  /** What the models are, without opening them. */
  get kinds(): RankingModel[] {
    return this.#manifest.embedders.map(({ id, name, kind }) => ({ model: id, name, kind }));
  }

  /**
   * The question as each of the models sees it; a model that knows none of its words has no say.
   *
   * @throws LyrecError `bad-argument` for an empty text, `words-unknown` for one that neither a model nor, unless `dense`, the
   *   wording knows, `model-mismatch`.
   */
  async question(
    text: string,
    kind: QueryKind,
    { dense }: { readonly dense?: boolean | undefined },
  ): Promise<Question> {
    if (!/\S/.test(text)) {
      throw new LyrecError('bad-argument', kind === 'lyrics' ? 'The lyrics are empty.' : 'The description is empty.');
    }
    const { embedders } = this.#manifest;
    const models = modelsOf(embedders);
    const counts = countingKinds({ text, kind, models, dense });
    const vectors: QueryVector[] = [];
    // An encoder that has no say need not be started.
    for (const indexed of embedders.filter((embedder) => counts.has(embedder.kind))) {
      const vector = await (await this.#open(indexed)).embedQuery(text, kind);
      const { id, name } = indexed;
      if (vector.some((value) => value !== 0)) vectors.push({ model: id, name, kind: indexed.kind, vector });
    }
    const worded = !dense && gramsOf(text).length > 0;
    if (vectors.length > 0 || worded) return { text, vectors, models };
    const them = kind === 'lyrics' ? 'these lyrics' : 'this description';
    throw new LyrecError('words-unknown', `The model ${modelNames(this.#manifest)} knows no word of ${them}.`, {
      hint: 'Ask in the words of the songs, in a language that the model was made for.',
    });
  }

  /** The lines of a song that match a question best; the description's lines where there are two parts. */
  async lines({ lyrics, description }: Query, song: Song): Promise<MatchingLine[] | null> {
    const text = description ?? lyrics;
    const [first] = this.#manifest.embedders;
    if (text === undefined || !first) return null;
    const kind = description === undefined ? 'lyrics' : 'description';
    const { matchingLines } = await import('./searching/explain.js');
    return matchingLines(song.lyrics, { text, kind, embedder: await this.#open(first) });
  }

  #open(indexed: IndexedEmbedder): Promise<Embedder> {
    let opened = this.#opened.get(indexed.id);
    if (!opened) {
      opened = openIndexed(indexed, this.#folder);
      this.#opened.set(indexed.id, opened);
      // What failed once, a server that was away, may work for the next question.
      opened.catch(() => this.#opened.delete(indexed.id));
    }
    return opened;
  }
}

async function openIndexed({ id, name, choice }: IndexedEmbedder, folder: string): Promise<Embedder> {
  const embedder = await openEmbedder(choice);
  if (embedder.id === id) return embedder;
  await embedder.close();
  throw new LyrecError('model-mismatch', `The model ${name} has changed since the index in ${folder} was built.`, {
    hint: 'Build the index again.',
  });
}
