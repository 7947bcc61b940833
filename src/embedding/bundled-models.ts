/**
 * The models that come with LyRec.
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../models/', import.meta.url));

/** Their names. */
export const BUNDLED_MODELS: readonly string[] = ['lyrec-static', 'lyrec-encoder'];

/** The folder of one of them. */
export function bundledFolder(name: string): string {
  return join(FOLDER, name);
}
