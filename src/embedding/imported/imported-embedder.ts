/**
 * A model whose vectors came ready-made, as in the article: nobody needs to run it until a question is asked, or a text turns
 * up that has no vector.
 * @module
 */
import { createHash } from 'node:crypto';
import { LyrecError } from '../../errors.js';
import { isServerAddress } from '../../http/server-address.js';
import { lazily } from '../../lazily.js';
import { encoderSettings } from '../encoder/settings.js';
import { familyOf } from '../families.js';
import { hasGraph, locateModel } from '../locate-model.js';
import { refuseSettings } from '../refuse-settings.js';
import type { Embedder, ModelChoice } from '../types.js';

/** Which vectors came ready-made. */
export interface ImportedVectors {
  /** A checksum of the files they came in. */
  readonly checksum: string;
  readonly dimensions: number;
}

/**
 * The choice to keep in the index: what the model's files or its family say is settled now, so that questions are always asked
 * in the same way.
 *
 * @throws LyrecError `bad-argument` if a server's model has no name or a setting means nothing, `model-missing` for a name that nothing could have.
 */
export function choiceOfImported(choice: ModelChoice, { checksum, dimensions }: ImportedVectors): ModelChoice {
  const imported = { imported: checksum, dimensions };
  if (isServerAddress(choice.model)) {
    refuseSettings(choice, 'server');
    if (choice.modelName !== undefined) return { ...withPrompts(choice, choice.modelName), ...imported };
    throw new LyrecError('bad-argument', 'Vectors need the name of the model that made them.', {
      hint: 'Say what the server calls it with --model-name.',
    });
  }
  refuseSettings(choice, 'local');
  const { folder, name } = locateModel(choice.model);
  const model = name ?? folder;
  if (!hasGraph(folder)) {
    const { pooling } = familyOf(model);
    return { pooling, ...withPrompts({ ...choice, model }, model), ...imported };
  }
  const { queryPrompt, passagePrompt, pooling, dtype } = encoderSettings(folder, choice);
  return { model, queryPrompt, passagePrompt, pooling, dtype, ...imported };
}

function withPrompts(choice: ModelChoice, name: string): ModelChoice {
  const { queryPrompt = '', passagePrompt = '' } = familyOf(name);
  return { queryPrompt, passagePrompt, ...choice };
}

/**
 * The embedder of such a choice.
 *
 * @param open opens the model itself; called when it is first needed.
 */
export function openImportedEmbedder(
  choice: ModelChoice & { readonly imported: string; readonly dimensions: number },
  open: (choice: ModelChoice) => Promise<Embedder>,
): Embedder {
  const { imported, dimensions, ...model } = choice;
  const name = choice.modelName ?? choice.model;
  const itself = lazily(async () => {
    const embedder = await open(model).catch((error: unknown) => {
      throw withoutModel(name, error);
    });
    if (embedder.dimensions === dimensions) return embedder;
    await embedder.close();
    const what = `${name} makes ${embedder.dimensions} numbers of a text, the ready-made vectors have ${dimensions}.`;
    throw new LyrecError('model-mismatch', what, { hint: 'Name the model that made them with --model.' });
  });
  return {
    kind: 'encoder',
    id: idOf(choice),
    name,
    choice,
    dimensions,
    embedDocuments: async (texts, field, options) => (await itself.get()).embedDocuments(texts, field, options),
    embedQuery: async (text, kind) => (await itself.get()).embedQuery(text, kind),
    close: async () => {
      await (await itself.made())?.close();
    },
  };
}

/** What to do about a model that made vectors but is not at hand to read questions. */
function withoutModel(name: string, error: unknown): unknown {
  if (!(error instanceof LyrecError) || !['model-missing', 'hub-unreachable'].includes(error.code)) return error;
  return new LyrecError(
    error.code,
    `${error.message.replace(/\.$/, '')}; questions need the model that made the vectors.`,
    {
      hint: `Fetch it with lyrec models pull, or build again from the same vectors with a server that runs it: --model http://host:8080/v1 --model-name ${name}`,
      cause: error,
    },
  );
}

/** Everything that a vector under this name depends on; the prompt of questions is not part of it. */
function idOf({ queryPrompt: _, ...choice }: ModelChoice): string {
  return `imported:${createHash('sha256').update(JSON.stringify(choice)).digest('hex').slice(0, 12)}`;
}
