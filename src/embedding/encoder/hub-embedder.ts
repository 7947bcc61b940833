/**
 * A model of the hub: fetched once, then a folder like any other.
 * @module
 */
import { bringModel, type DownloadOptions } from '../../hub/hub.js';
import type { Embedder, ModelChoice } from '../types.js';
import { openEncoderEmbedder } from './encoder-embedder.js';

/**
 * Opens a model from the cache, and fetches it first if it is not there and may be fetched.
 *
 * @throws LyrecError `model-missing`, `hub-unreachable` and whatever `openEncoderEmbedder` throws.
 */
export async function openHubEmbedder(choice: ModelChoice, download: DownloadOptions | undefined): Promise<Embedder> {
  const { model, dtype } = choice;
  const folder = await bringModel(model, { use: 'encoder', dtype, download });
  return openEncoderEmbedder(folder, model, choice);
}
