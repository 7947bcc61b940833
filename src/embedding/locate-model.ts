/**
 * Where a model's files are.
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LyrecError } from '../errors.js';

const BUNDLED = fileURLToPath(new URL('../../models/', import.meta.url));

/** The models that come with LyRec. */
export const BUNDLED_MODELS = ['lyrec-static', 'lyrec-encoder'] as const;

/** A model on this machine. */
export interface LocatedModel {
  readonly folder: string;
  /** The name it is known by; null for a folder of the user's. */
  readonly name: string | null;
}

/**
 * Finds the folder of a model.
 *
 * @param model a name that comes with LyRec, or a folder.
 * @throws LyrecError `model-missing`.
 */
export function locateModel(model: string): LocatedModel {
  if ((BUNDLED_MODELS as readonly string[]).includes(model)) {
    const folder = join(BUNDLED, model);
    if (existsSync(join(folder, 'config.json'))) return { folder, name: model };
    throw new LyrecError('model-missing', `This copy of LyRec came without its model ${model}.`, {
      hint: 'Install LyRec again, or name another model with --model.',
    });
  }
  const folder = resolve(model);
  if (existsSync(join(folder, 'config.json'))) return { folder, name: null };
  throw new LyrecError('model-missing', `There is no model in ${folder}.`, {
    hint: `Name a model that comes with LyRec (${BUNDLED_MODELS.join(', ')}) or a folder that holds one.`,
  });
}

/** Whether a model folder holds an encoder rather than a table: it has ONNX weights, and does not call itself a table. */
export function holdsEncoder(folder: string): boolean {
  const graphs = join(folder, 'onnx');
  if (!existsSync(graphs) || !readdirSync(graphs).some((name) => name.endsWith('.onnx'))) return false;
  return !/"model_type"\s*:\s*"model2vec"/.test(readFileSync(join(folder, 'config.json'), 'utf8'));
}
