/**
 * Turning text into vectors: the interface, and the choice of what stands behind it.
 * @module
 */
import type { DownloadOptions } from '../hub/hub.js';
import { bundledFolder } from './bundled-models.js';
import { openStaticEmbedder } from './static/static-embedder.js';
import type { Embedder, ModelChoice, OpenModelOptions } from './types.js';

export type { DownloadOptions } from '../hub/hub.js';
export type { EncoderPooling } from './pooling.js';
export type { Embedder, EmbedOptions, ModelChoice, OpenModelOptions, QueryKind } from './types.js';

/** The model that comes with LyRec and is in every index that does not name another static one. */
export const DEFAULT_MODEL = 'lyrec-static';

/**
 * The models of an index: the one chosen, and a static one beside an encoder. The two err differently, and together
 * answer better than either.
 *
 * @throws LyrecError as `openEmbedder` does.
 */
export async function openEmbedders(choice?: ModelChoice, download: DownloadOptions = {}): Promise<Embedder[]> {
  const chosen = await openEmbedder(choice, { download });
  return chosen.kind === 'static' ? [chosen] : [await openEmbedder(), chosen];
}

/**
 * Opens a model. Only what it needs is loaded: a question to the bundled table must not wait for what others need.
 *
 * @param choice its `model` is a name that comes with LyRec, a folder in Model2Vec's or @huggingface/transformers' layout, a name of
 *   the hub, or the address of an embeddings server.
 * @param options `download`: a model of the hub may be fetched; otherwise it must be on this machine.
 * @throws LyrecError `model-missing` if there is no such model, `model-damaged` if it cannot be read, `hub-unreachable`,
 *   `runtime-missing`, or a server's error.
 */
export async function openEmbedder(
  choice: ModelChoice = { model: DEFAULT_MODEL },
  options: OpenModelOptions = {},
): Promise<Embedder> {
  if (choice.model === DEFAULT_MODEL && Object.keys(choice).length === 1) {
    return openStaticEmbedder(bundledFolder(DEFAULT_MODEL), { name: DEFAULT_MODEL, choice });
  }
  const { openModel } = await import('./open-model.js');
  return openModel(choice, options);
}
