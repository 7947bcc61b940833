/**
 * A song store on this machine: the catalog and the vector files of an index folder.
 * @module
 */
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { Manifest } from '../index-folder/index-folder.js';
import type { Field, Song } from '../song.js';
import {
  ExactIndex,
  HnswIndex,
  type Neighbour,
  type SearchOptions,
  type VectorIndex,
} from '../vectors/vector-index.js';
import type { SongStore } from './song-store.js';

/**
 * How to look for neighbours: `exact` opens at once and takes time with every question, `hnsw` the other way round.
 * Where an index has no graph, or hnswlib is not installed, `hnsw` is exact too.
 */
export type SearchMethod = 'exact' | 'hnsw';

/** Opens each file the first time a question needs it. */
export class LocalStore implements SongStore {
  readonly #folder: string;
  readonly #manifest: Manifest;
  readonly #catalog: Catalog;
  readonly #method: SearchMethod;
  readonly #exact = new Map<Field, ExactIndex>();
  readonly #graphs = new Map<Field, Promise<HnswIndex | null>>();

  constructor(folder: string, manifest: Manifest, catalog: Catalog, method: SearchMethod) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#catalog = catalog;
    this.#method = method;
  }

  async nearest(field: Field, vector: Float32Array, k: number, options: SearchOptions = {}): Promise<Neighbour[]> {
    const index = await this.#index(field, options);
    return index?.search(vector, k, options) ?? [];
  }

  async holders(field: Field): Promise<{ count: number; has(id: number): boolean }> {
    const index = await this.#index(field, {});
    return { count: index?.size ?? 0, has: (id) => index?.has(id) ?? false };
  }

  vectors(field: Field, ids: readonly number[]): ReadonlyMap<number, Float32Array> {
    return this.#catalog.vectors(this.#manifest.edition, field, this.#manifest.embedder.id, ids);
  }

  songs(ids: readonly number[]): Song[] {
    return this.#catalog.songs(this.#manifest.edition, ids);
  }

  /** A graph loses its way where most songs are not allowed, so a narrowed search is exact. */
  async #index(field: Field, { allowed }: SearchOptions): Promise<VectorIndex | null> {
    const graph = this.#method === 'hnsw' && !allowed ? await this.#openGraph(field) : null;
    return graph ?? this.#openExact(field);
  }

  #openExact(field: Field): ExactIndex | null {
    const files = this.#manifest.fields[field];
    if (!files) return null;
    let index = this.#exact.get(field);
    if (!index) {
      index = ExactIndex.open(join(this.#folder, files.exact.name), (ids) => this.vectors(field, ids));
      this.#exact.set(field, index);
    }
    return index;
  }

  #openGraph(field: Field): Promise<HnswIndex | null> {
    const file = this.#manifest.fields[field]?.hnsw;
    if (!file) return Promise.resolve(null);
    let graph = this.#graphs.get(field);
    if (!graph) {
      graph = HnswIndex.open(join(this.#folder, file.name), this.#manifest.embedder.dimensions);
      this.#graphs.set(field, graph);
    }
    return graph;
  }
}
