/**
 * Where a model's files are.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LyrecError } from '../errors.js';
import { hubFolder, isHubName } from '../hub/cache-folder.js';
import { BUNDLED_MODELS, bundledFolder } from './bundled-models.js';
import { nearestNames } from './known-models.js';

/** Where a model is or would be. */
export interface LocatedModel {
  readonly folder: string;
  /** The name it is known by; null for a folder of the user's. */
  readonly name: string | null;
  /** Whether the hub may have it where the folder is not there yet. */
  readonly onHub: boolean;
}

/**
 * Finds the folder of a model.
 *
 * @param model a name that comes with LyRec, a folder, or a name of the hub.
 * @throws LyrecError `model-missing` for what is none of these.
 */
export function locateModel(model: string): LocatedModel {
  if (BUNDLED_MODELS.includes(model)) {
    const folder = bundledFolder(model);
    if (existsSync(join(folder, 'config.json'))) return { folder, name: model, onHub: false };
    throw new LyrecError('model-missing', `This copy of LyRec came without its model ${model}.`, {
      hint: 'Install LyRec again, or name another model with --model.',
    });
  }
  const folder = resolve(model);
  if (existsSync(join(folder, 'config.json'))) return { folder, name: null, onHub: false };
  if (isHubName(model) && !existsSync(folder)) return { folder: hubFolder(model), name: model, onHub: true };
  if (existsSync(folder) || /[\\/]/.test(model)) {
    throw new LyrecError('model-missing', `There is no model in ${folder}.`, {
      hint: `A model folder holds config.json and tokenizer.json; ${BUNDLED_MODELS.join(' and ')} come with LyRec.`,
    });
  }
  const near = nearestNames(model);
  throw new LyrecError('model-missing', `There is no model ${model}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'lyrec models lists those that are known.',
  });
}

/** Whether a model folder holds an encoder rather than a table: it has layers, and does not call itself a table. */
export function holdsEncoder(folder: string): boolean {
  const config = readFileSync(join(folder, 'config.json'), 'utf8');
  if (/"model_type"\s*:\s*"model2vec"/.test(config)) return false;
  return hasGraph(folder) || /"(num_hidden_layers|n_layers?)"\s*:/.test(config);
}

/** Whether there are ONNX weights in a folder. */
export function hasGraph(folder: string): boolean {
  return existsSync(join(folder, 'onnx'));
}
