/**
 * A song store on this machine: the catalog, the vector files and the wording files of an index folder.
 * @module
 */
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { FieldFiles, Manifest } from '../index-folder/index-folder.js';
import type { ColumnName, Field, Song } from '../song.js';
import {
  ExactIndex,
  HnswIndex,
  type Neighbour,
  placesOf,
  type SearchOptions,
  type VectorIndex,
} from '../vectors/vector-index.js';
import { WordingIndex } from '../wording/wording-index.js';
import { scanJudge, shareJudge } from './judges.js';
import type { Judge, SongStore, Space } from './song-store.js';

/**
 * How to look for songs: `exact` opens at once and takes time with every question, `hnsw` the other way round.
 * Where an index has no graph, or hnswlib is not installed, `hnsw` is exact too.
 */
export type SearchMethod = 'exact' | 'hnsw';

// Beyond this many songs comparing everything is as quick.
const MOST_FROM_GRAPH = 500;

/** Opens each file the first time a question needs it. */
export class LocalStore implements SongStore {
  readonly #folder: string;
  readonly #manifest: Manifest;
  readonly #catalog: Catalog;
  readonly #method: SearchMethod;
  readonly #exact = new Map<string, ExactIndex>();
  readonly #graphs = new Map<string, Promise<HnswIndex | null>>();
  readonly #wordings = new Map<string, { index: WordingIndex; places: Int32Array }>();
  readonly #columns = new Map<string, ReadonlyMap<number, string>>();

  constructor(folder: string, manifest: Manifest, catalog: Catalog, method: SearchMethod) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#catalog = catalog;
    this.#method = method;
  }

  /** Lets go of the files. */
  close(): void {
    for (const index of this.#exact.values()) index.close();
    for (const { index } of this.#wordings.values()) index.close();
  }

  async nearest(space: Space, vector: Float32Array, k: number, options: SearchOptions = {}): Promise<Neighbour[]> {
    // A graph loses its way where most songs are not allowed, and has a few songs that no way leads to.
    const suits = this.#method === 'hnsw' && !options.allowed && k <= MOST_FROM_GRAPH;
    const graph = suits ? await this.#openGraph(space) : null;
    const index: VectorIndex | null = graph ?? this.#openExact(space);
    return index?.search(vector, k, options) ?? [];
  }

  byVector(space: Space, vector: Float32Array): Judge | null {
    const index = this.#openExact(space);
    return index && scanJudge(index.scan(vector));
  }

  byWording(field: Field, question: string): Judge | null {
    const wording = this.#openWording(field);
    return wording && shareJudge(wording.index.ids, wording.index.scores(question), wording.places);
  }

  mayHold(phrase: string): readonly number[] | null {
    const index = this.#openWording('lyrics')?.index;
    return index?.mayHold(phrase)?.map((place) => index.ids[place]!) ?? null;
  }

  vectors({ field, model }: Space, ids: readonly number[]): ReadonlyMap<number, Float32Array> {
    return this.#catalog.vectors(this.#manifest.edition, field, model, ids);
  }

  count(field: Field): number {
    return this.#manifest.embedders[0]?.fields[field]?.count ?? 0;
  }

  holders(field: Field): { has(id: number): boolean } {
    const index = this.#openExact({ field, model: this.#manifest.embedders[0]?.id ?? '' });
    return { has: (id) => index?.has(id) ?? false };
  }

  songs(ids: readonly number[]): Song[] {
    return this.#catalog.songs(this.#manifest.edition, ids);
  }

  column(name: ColumnName): ReadonlyMap<number, string> {
    return once(this.#columns, JSON.stringify(name), () => this.#catalog.column(this.#manifest.edition, name));
  }

  #openExact(space: Space): ExactIndex | null {
    const { files } = this.#files(space);
    if (!files) return null;
    return once(this.#exact, keyOf(space), () =>
      ExactIndex.open(join(this.#folder, files.exact.name), (ids) => this.vectors(space, ids)),
    );
  }

  #openGraph(space: Space): Promise<HnswIndex | null> {
    const { files, dimensions } = this.#files(space);
    const file = files?.hnsw;
    if (!file) return Promise.resolve(null);
    return once(this.#graphs, keyOf(space), () => HnswIndex.open(join(this.#folder, file.name), dimensions));
  }

  #openWording(field: Field): { index: WordingIndex; places: Int32Array } | null {
    const file = this.#manifest.wording[field];
    if (!file) return null;
    return once(this.#wordings, field, () => {
      const index = WordingIndex.open(join(this.#folder, file.name), { whole: this.#method === 'hnsw' });
      return { index, places: placesOf(index.ids) };
    });
  }

  #files({ field, model }: Space): { files: FieldFiles | undefined; dimensions: number } {
    const embedder = this.#manifest.embedders.find(({ id }) => id === model);
    return { files: embedder?.fields[field], dimensions: embedder?.dimensions ?? 0 };
  }
}

function keyOf({ field, model }: Space): string {
  return `${field} ${model}`;
}

function once<T>(made: Map<string, T>, key: string, make: () => T): T {
  let value = made.get(key);
  if (value === undefined) {
    value = make();
    made.set(key, value);
  }
  return value;
}
