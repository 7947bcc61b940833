/**
 * Folders that may not be there.
 * @module
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it. Node's own recursive way never returns where a folder says that what it cannot make does
 * not exist, as /proc does.
 *
 * @throws the system's error.
 */
export function makeFolder(folder: string): void {
  const above = dirname(folder);
  if (above !== folder && !existsSync(above)) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Also where somebody else has just made it. What is there and no folder is for whoever writes to it to meet.
    if (!existsSync(folder)) throw error;
  }
}
