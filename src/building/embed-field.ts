/**
 * The vectors of one field by one model, kept as they come.
 * @module
 */
import type { Catalog, SongText } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { throwIfInterrupted } from '../errors.js';
import type { Field } from '../song.js';
import type { BuildOptions } from './build-options.js';

const TEXTS_A_BATCH = 512;

// What is lost when the power fails.
const KEPT_EVERY_MS = 1000;

const TOLD_EVERY_MS = 100;

/**
 * Embeds the texts of a field that have no vector yet. However this ends, the vectors made so far are in the catalog.
 *
 * @returns how many texts were embedded.
 */
export async function embedField(
  catalog: Catalog,
  edition: number,
  field: Field,
  embedder: Embedder,
  { onProgress, signal }: Pick<BuildOptions, 'onProgress' | 'signal'>,
): Promise<number> {
  const { texts: total, vectors: there } = catalog.countTexts(edition, field, embedder.id);
  let embedded = 0;
  const tell = () =>
    onProgress?.({
      stage: 'embedding',
      field,
      model: embedder.name,
      unit: 'songs',
      done: there + embedded,
      total,
    });
  for (let after = 0; ; ) {
    const pending = catalog.pendingTexts(edition, field, embedder.id, after, TEXTS_A_BATCH);
    const last = pending.at(-1);
    if (!last) return embedded;
    tell();
    const made: { text: SongText; vector: Float32Array }[] = [];
    const keep = () => {
      const kept = made.splice(0);
      catalog.addVectors(
        embedder.id,
        kept.map(({ text }) => text),
        kept.map(({ vector }) => vector),
      );
    };
    let keptAt = performance.now();
    let toldAt = keptAt;
    const onVector = (at: number, vector: Float32Array) => {
      made.push({ text: pending[at]!, vector });
      embedded++;
      const now = performance.now();
      if (now - toldAt > TOLD_EVERY_MS) {
        toldAt = now;
        tell();
      }
      if (now - keptAt > KEPT_EVERY_MS) {
        keptAt = now;
        keep();
      }
    };
    try {
      const texts = pending.map(({ text }) => text);
      await embedder.embedDocuments(texts, field, { onVector, ...(signal && { signal }) });
    } finally {
      keep();
    }
    tell();
    after = last.id;
    throwIfInterrupted(signal);
  }
}
