/**
 * A song store on this machine: the catalog and the vector files of an index folder.
 * @module
 */
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { FieldFiles, Manifest } from '../index-folder/index-folder.js';
import type { Field, Song } from '../song.js';
import {
  ExactIndex,
  HnswIndex,
  type Neighbour,
  type SearchOptions,
  type VectorIndex,
} from '../vectors/vector-index.js';
import type { SongStore, Space } from './song-store.js';

/**
 * How to look for neighbours: `exact` opens at once and takes time with every question, `hnsw` the other way round.
 * Where an index has no graph, or hnswlib is not installed, `hnsw` is exact too.
 */
export type SearchMethod = 'exact' | 'hnsw';

// Enough to know a standard deviation to within a twentieth.
const SAMPLED = 256;

/** Opens each file the first time a question needs it. */
export class LocalStore implements SongStore {
  readonly #folder: string;
  readonly #manifest: Manifest;
  readonly #catalog: Catalog;
  readonly #method: SearchMethod;
  readonly #exact = new Map<string, ExactIndex>();
  readonly #graphs = new Map<string, Promise<HnswIndex | null>>();
  readonly #samples = new Map<string, readonly Float32Array[]>();

  constructor(folder: string, manifest: Manifest, catalog: Catalog, method: SearchMethod) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#catalog = catalog;
    this.#method = method;
  }

  /** Lets go of the vector files. */
  close(): void {
    for (const index of this.#exact.values()) index.close();
  }

  async nearest(space: Space, vector: Float32Array, k: number, options: SearchOptions = {}): Promise<Neighbour[]> {
    // A graph loses its way where most songs are not allowed, so a narrowed search is exact.
    const graph = this.#method === 'hnsw' && !options.allowed ? await this.#openGraph(space) : null;
    const index: VectorIndex | null = graph ?? this.#openExact(space);
    return index?.search(vector, k, options) ?? [];
  }

  vectors({ field, model }: Space, ids: readonly number[]): ReadonlyMap<number, Float32Array> {
    return this.#catalog.vectors(this.#manifest.edition, field, model, ids);
  }

  sample(space: Space): readonly Float32Array[] {
    return once(this.#samples, space, () => {
      const ids = this.#catalog.sampleIds(this.#manifest.edition, space.field, SAMPLED);
      return [...this.vectors(space, ids).values()];
    });
  }

  count(field: Field): number {
    return this.#manifest.embedders[0]?.fields[field]?.count ?? 0;
  }

  async holders(field: Field): Promise<{ has(id: number): boolean }> {
    const index = this.#openExact({ field, model: this.#manifest.embedders[0]?.id ?? '' });
    return { has: (id) => index?.has(id) ?? false };
  }

  songs(ids: readonly number[]): Song[] {
    return this.#catalog.songs(this.#manifest.edition, ids);
  }

  #openExact(space: Space): ExactIndex | null {
    const { files } = this.#files(space);
    if (!files) return null;
    return once(this.#exact, space, () =>
      ExactIndex.open(join(this.#folder, files.exact.name), (ids) => this.vectors(space, ids)),
    );
  }

  #openGraph(space: Space): Promise<HnswIndex | null> {
    const { files, dimensions } = this.#files(space);
    const file = files?.hnsw;
    if (!file) return Promise.resolve(null);
    return once(this.#graphs, space, () => HnswIndex.open(join(this.#folder, file.name), dimensions));
  }

  #files({ field, model }: Space): { files: FieldFiles | undefined; dimensions: number } {
    const embedder = this.#manifest.embedders.find(({ id }) => id === model);
    return { files: embedder?.fields[field], dimensions: embedder?.dimensions ?? 0 };
  }
}

function once<T>(made: Map<string, T>, { field, model }: Space, make: () => T): T {
  const key = `${field} ${model}`;
  let value = made.get(key);
  if (value === undefined) {
    value = make();
    made.set(key, value);
  }
  return value;
}
