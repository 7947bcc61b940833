/**
 * Settings that a kind of model would silently ignore.
 * @module
 */
import { LyrecError } from '../errors.js';
import type { ModelChoice } from './types.js';

const FLAGS = {
  queryPrompt: '--query-prompt',
  passagePrompt: '--passage-prompt',
  pooling: '--pooling',
  dtype: '--dtype',
  modelName: '--model-name',
} as const;

type Setting = keyof typeof FLAGS;

const MEANINGLESS: Readonly<
  Record<'server' | 'local' | 'static', { readonly settings: readonly Setting[]; readonly why: string }>
> = {
  server: { settings: ['pooling', 'dtype'], why: 'a server pools, and keeps its weights, by itself' },
  local: { settings: ['modelName'], why: 'only a server calls a model by another name' },
  static: { settings: ['queryPrompt', 'passagePrompt', 'pooling', 'dtype'], why: 'a static model has no such setting' },
};

/** Refuses a choice with settings that mean nothing to this kind of model. @throws LyrecError `bad-argument`. */
export function refuseSettings(choice: ModelChoice, kind: 'server' | 'local' | 'static'): void {
  const { settings, why } = MEANINGLESS[kind];
  const given = settings.find((setting) => choice[setting] !== undefined);
  if (given === undefined) return;
  throw new LyrecError('bad-argument', `${FLAGS[given]} does not go with the model ${choice.model}: ${why}.`);
}
