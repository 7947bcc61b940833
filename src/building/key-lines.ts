/**
 * Key lines for the songs that nobody has summarized.
 * @module
 */
import type { Catalog } from '../catalog/catalog.js';
import type { Embedder } from '../embedding/embedder.js';
import { throwIfInterrupted } from '../errors.js';
import { findKeyLines } from '../summarizing/summarizer.js';

const SONGS_A_TRANSACTION = 256;

/** Chooses them where they have not been chosen by this embedder; the lyrics' vectors are there. */
export async function addKeyLines(
  catalog: Catalog,
  edition: number,
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let after = 0; ; ) {
    const songs = catalog.songsWithoutKeyLines(edition, embedder.id, after, SONGS_A_TRANSACTION);
    const last = songs.at(-1);
    if (!last) return;
    const ids = songs.map(({ id }) => id);
    const vectors = catalog.vectors(edition, 'lyrics', embedder.id, ids);
    const chosen = new Map<number, number[]>();
    for (const song of songs) chosen.set(song.id, await findKeyLines(song, vectors.get(song.id)!, embedder));
    catalog.addKeyLines(edition, embedder.id, chosen);
    after = last.id;
    throwIfInterrupted(signal);
  }
}
