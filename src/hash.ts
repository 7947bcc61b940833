/**
 * What texts are kept under.
 * @module
 */
import { createHash } from 'node:crypto';

/** The first half of a SHA-256: 128 bits keep millions of texts apart. */
export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16);
}
