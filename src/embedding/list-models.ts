/**
 * Which models there are, and which of them are here.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, hubFolder } from '../hub/cache-folder.js';
import { BUNDLED_MODELS, bundledFolder } from './bundled-models.js';
import { KNOWN_MODELS, type Speed } from './known-models.js';

/** A model as `lyrec models` shows it. */
export interface ListedModel {
  readonly name: string;
  /** Its folder, if it is on this machine. */
  readonly folder: string | null;
  /** Bytes on disk, or what a download takes; null for a model that nobody described. */
  readonly bytes: number | null;
  readonly dimensions: number | null;
  readonly speed: Speed | null;
  readonly about: string;
}

/** The known models, and after them whatever else is in the cache. */
export function listModels(): ListedModel[] {
  const known = KNOWN_MODELS.map(({ megabytes, ...model }) => {
    const bundled = BUNDLED_MODELS.includes(model.name);
    const folder = ifThere(bundled ? bundledFolder(model.name) : hubFolder(model.name));
    return { ...model, folder, bytes: folder ? sizeOf(folder) : megabytes * 1e6 };
  });
  const others = cachedNames().filter((name) => !KNOWN_MODELS.some((model) => model.name === name));
  return [
    ...known,
    ...others.map((name) => {
      const folder = hubFolder(name);
      const dimensions = dimensionsOf(folder);
      return { name, folder, bytes: sizeOf(folder), dimensions, speed: null, about: 'fetched by name' };
    }),
  ];
}

function ifThere(folder: string): string | null {
  return existsSync(join(folder, 'config.json')) ? folder : null;
}

function cachedNames(): string[] {
  const models = join(cacheFolder(), 'models');
  const folders = (place: string) =>
    existsSync(place) ? readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory()) : [];
  return folders(models)
    .flatMap((owner) => folders(join(models, owner.name)).map((model) => `${owner.name}/${model.name}`))
    .filter((name) => ifThere(hubFolder(name)));
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0);
}

function dimensionsOf(folder: string): number | null {
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { hidden_size?: unknown };
    return typeof config.hidden_size === 'number' ? config.hidden_size : null;
  } catch {
    return null;
  }
}
