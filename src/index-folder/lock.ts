/**
 * One build at a time in an index folder.
 * @module
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LyrecError } from '../errors.js';

/**
 * Takes the folder's build lock. The lock is SQLite's own on an empty database, so the system lets go of it
 * however the process ends.
 *
 * @returns a function that gives it back.
 * @throws LyrecError `index-busy` if another build holds it.
 */
export function lockFolder(folder: string): () => void {
  const db = new Database(join(folder, 'build.lock'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new LyrecError('index-busy', `Another build is writing to ${folder}.`, {
      hint: 'Wait for it to finish, or build into another folder with --index.',
      cause,
    });
  }
  return () => db.close();
}
