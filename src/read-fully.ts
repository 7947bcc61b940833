/**
 * Reading a part of an open file.
 * @module
 */
import { readSync } from 'node:fs';
import { LyrecError } from './errors.js';

/**
 * Fills `into` with the bytes of a file from `position` on.
 *
 * @param name what to call the file in messages.
 * @throws LyrecError `index-damaged` if the file ends before: it was cut after it was opened.
 */
export function readFully(file: number, into: Uint8Array, position: number, name: string): void {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, position + at);
    if (read === 0) throw new LyrecError('index-damaged', `${name} is damaged.`, { hint: 'Build the index again.' });
    at += read;
  }
}
