/**
 * A model of the hub: fetched once, then a folder like any other.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LyrecError } from '../../errors.js';
import { hubFolder } from '../cache-folder.js';
import type { DownloadOptions, Embedder, ModelChoice } from '../embedder.js';
import { parseDtype, weightsFile } from './dtype.js';
import { openEncoderEmbedder } from './encoder-embedder.js';
import { fetchModel } from './hub.js';

/**
 * Opens a model from the cache, and fetches it first if it is not there and may be fetched.
 *
 * @throws LyrecError `model-missing`, `hub-unreachable` and whatever `openEncoderEmbedder` throws.
 */
export async function openHubEmbedder(choice: ModelChoice, download: DownloadOptions | undefined): Promise<Embedder> {
  const { model, dtype } = choice;
  return openEncoderEmbedder(await bringModel(model, dtype, download), model, choice);
}

/** The folder of a model of the hub, with weights of the precision asked for. @throws LyrecError as `openHubEmbedder` does. */
export async function bringModel(
  model: string,
  dtype: string | undefined,
  download: DownloadOptions | undefined,
): Promise<string> {
  const folder = hubFolder(model);
  const needed = ['config.json', ...(dtype === undefined ? [] : [weightsFile(parseDtype(dtype))])];
  if (needed.every((file) => existsSync(join(folder, file)))) return folder;
  if (download) return fetchModel(model, { ...download, dtype });
  throw new LyrecError('model-missing', `The model ${model} is not on this machine.`, {
    hint: `Fetch it with: lyrec models pull ${model}`,
  });
}
