/**
 * The static model as an embedder.
 * @module
 */
import { throwIfInterrupted } from '../../errors.js';
import { distinctLines } from '../../reading/lines.js';
import type { Field } from '../../song.js';
import type { Embedder, EmbedOptions, ModelChoice } from '../types.js';
import { countPieces, openStaticModel, poolPieces, type StaticModel } from './static-model.js';

// About a tenth of a second of work: often enough to be interrupted, seldom enough to cost nothing.
const BETWEEN_PAUSES = 256;

// Reading more rows than these one by one takes as long as reading all.
const FEW = 200;

/**
 * Opens a folder in Model2Vec's layout.
 *
 * @throws LyrecError `model-missing` or `model-damaged`.
 */
export function openStaticEmbedder(folder: string, { name, choice }: { name: string; choice: ModelChoice }): Embedder {
  const model = openStaticModel(folder);
  let asked = false;
  return {
    kind: 'static',
    id: `static:${model.fingerprint}`,
    name,
    choice,
    dimensions: model.dimensions,
    embedDocuments: (texts, field, options) => embedAll(model, texts, field, options),
    embedQuery: async (text, kind) => {
      const counts = piecesOf(model, text, kind === 'lyrics' ? 'lyrics' : 'summary');
      // Whoever asks again will go on asking.
      model.load(asked || counts.size > FEW ? undefined : counts.keys());
      asked = true;
      return poolPieces(model, counts);
    },
    close: async () => {},
  };
}

/** The pieces of a text as the model counts them: lyrics may lose their repeated lines first. */
export function piecesOf(model: StaticModel, text: string, field: Field): Map<number, number> {
  const once = field === 'lyrics' && model.pooling.repeatedLines === 'once';
  return countPieces(model.tokenizer.pieces(once ? distinctLines(text) : text));
}

function embedText(model: StaticModel, text: string, field: Field): Float32Array {
  return poolPieces(model, piecesOf(model, text, field));
}

async function embedAll(
  model: StaticModel,
  texts: readonly string[],
  field: Field,
  { onVector, signal }: EmbedOptions = {},
): Promise<Float32Array[]> {
  model.load();
  const vectors: Float32Array[] = [];
  for (const text of texts) {
    const vector = embedText(model, text, field);
    onVector?.(vectors.length, vector);
    vectors.push(vector);
    if (vectors.length % BETWEEN_PAUSES !== 0) continue;
    await new Promise(setImmediate);
    throwIfInterrupted(signal);
  }
  return vectors;
}
