/**
 * An encoder that reads the songs first, so that the table can learn what the encoder finds alike (Hinton, Vinyals and
 * Dean, "Distilling the knowledge in a neural network", 2015).
 * @module
 */
import { openEmbedder } from '../embedding/embedder.js';
import type { Field } from '../song.js';
import type { SongBags, Teacher } from './training-set.js';

/** How far the teacher's reading has come. */
export interface ReadingProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Has an encoder read songs and their descriptions.
 *
 * @param model as for `openEmbedder`.
 * @throws LyrecError as opening and running the model does; `interrupted`.
 */
export async function readWithTeacher(
  model: string,
  songs: readonly SongBags[],
  {
    onProgress,
    signal,
  }: {
    onProgress?: ((progress: ReadingProgress) => void) | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<Teacher> {
  const embedder = await openEmbedder({ model }, { download: signal ? { signal } : {} });
  try {
    const lyrics = songs.map(({ song }) => song.lyrics);
    const descriptions = songs.flatMap(({ texts }) => texts);
    const total = lyrics.length + descriptions.length;
    let done = 0;
    const read = async (texts: readonly string[], field: Field): Promise<Float32Array> => {
      const onVector = () => onProgress?.({ done: ++done, total });
      const vectors = await embedder.embedDocuments(texts, field, { onVector, ...(signal && { signal }) });
      const rows = new Float32Array(texts.length * embedder.dimensions);
      vectors.forEach((vector, row) => {
        rows.set(vector, row * embedder.dimensions);
      });
      return rows;
    };
    return {
      dimensions: embedder.dimensions,
      lyrics: await read(lyrics, 'lyrics'),
      descriptions: await read(descriptions, 'summary'),
    };
  } finally {
    await embedder.close();
  }
}
