/**
 * What tells two models apart.
 * @module
 */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK = 1024;
const BLOCKS = 128;

/**
 * A hash of files: their sizes and an even sample of their bytes. Training and quantising change every part of the weights,
 * so a sample tells models apart; a question cannot wait for hundreds of megabytes.
 */
export function fingerprintOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of files) addSample(hash, join(folder, name));
  return hash.digest('hex');
}

function addSample(hash: Hash, file: string): void {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    hash.update(`${size}\n`);
    const step = Math.max(BLOCK, Math.floor(size / BLOCKS));
    const block = Buffer.alloc(BLOCK);
    for (let at = 0; at < size; at += step) hash.update(block.subarray(0, readSync(handle, block, 0, BLOCK, at)));
  } finally {
    closeSync(handle);
  }
}
