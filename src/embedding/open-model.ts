/**
 * Opening models of every kind, each with the code that it needs and no other.
 * @module
 */

import { isServerAddress } from '../http/server-address.js';
import type { BringOptions, DownloadOptions } from '../hub/hub.js';
import { holdsEncoder, locateModel } from './locate-model.js';
import { refuseSettings } from './refuse-settings.js';
import { openStaticEmbedder } from './static/static-embedder.js';
import type { Embedder, ModelChoice, OpenModelOptions } from './types.js';

/** Opens any model, as `openEmbedder` promises. */
export async function openModel(choice: ModelChoice, { download }: OpenModelOptions): Promise<Embedder> {
  const { model, imported, dimensions } = choice;
  if (imported !== undefined && dimensions !== undefined) {
    const { openImportedEmbedder } = await import('./imported/imported-embedder.js');
    return openImportedEmbedder({ ...choice, imported, dimensions }, (itself) => openModel(itself, { download }));
  }
  if (isServerAddress(model)) {
    refuseSettings(choice, 'server');
    const { openEndpointEmbedder } = await import('./endpoint/endpoint-embedder.js');
    return openEndpointEmbedder(choice, download?.signal);
  }
  refuseSettings(choice, 'local');
  const { folder, name, onHub } = locateModel(model);
  const kept = { ...choice, model: name ?? folder };
  if (onHub) {
    const { openHubEmbedder } = await import('./encoder/hub-embedder.js');
    return openHubEmbedder(kept, download);
  }
  if (!holdsEncoder(folder)) {
    refuseSettings(choice, 'static');
    return openStaticEmbedder(folder, { name: model, choice: { model: kept.model } });
  }
  const { openEncoderEmbedder } = await import('./encoder/encoder-embedder.js');
  return openEncoderEmbedder(folder, model, kept);
}

/**
 * Fetches a model of the hub, unless it is on this machine.
 *
 * @returns its folder.
 * @throws LyrecError `model-missing`, `hub-unreachable`, `bad-argument` or `interrupted`.
 */
export async function pullModel(
  name: string,
  { dtype, ...download }: DownloadOptions & Pick<BringOptions, 'dtype'> = {},
): Promise<string> {
  const { folder, onHub } = locateModel(name);
  if (!onHub) return folder;
  const { bringModel } = await import('../hub/hub.js');
  return bringModel(name, { dtype, download });
}
