/**
 * From a vector a token to one vector a text.
 * @module
 */
import { LyrecError } from '../errors.js';

/** How a vector is read off an encoder's output: the mean, the first or the last token's, or as the model itself does it. */
export type EncoderPooling = 'mean' | 'cls' | 'last_token' | 'model';

/** The ways of pooling, for messages. */
export const POOLINGS: readonly EncoderPooling[] = ['mean', 'cls', 'last_token', 'model'];

/** Reads a way of pooling. @throws LyrecError `bad-argument` for anything else. */
export function parsePooling(text: string): EncoderPooling {
  const pooling = POOLINGS.find((known) => known === text);
  if (pooling) return pooling;
  throw new LyrecError('bad-argument', `"${text}" is no way of pooling.`, {
    hint: `Write one of ${POOLINGS.join(', ')}.`,
  });
}
