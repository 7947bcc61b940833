/**
 * One build at a time in an index folder.
 * @module
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { LyrecError } from '../errors.js';
import { makeFolder } from '../make-folder.js';

/**
 * Takes a folder's build lock, making the folder if it is not there. The lock is SQLite's own on an empty database, so the system lets go of it
 * however the process ends.
 *
 * @returns a function that gives it back.
 * @throws LyrecError `index-busy` if another build holds it, `bad-argument` if nothing can be written to the folder.
 */
export function lockFolder(folder: string): () => void {
  let db: Database.Database | undefined;
  try {
    makeFolder(folder);
    db = new Database(join(folder, 'build.lock'), { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db?.close();
    if (!(cause instanceof Database.SqliteError) || !cause.code.startsWith('SQLITE_BUSY'))
      throw unusable(folder, cause);
    throw new LyrecError('index-busy', `Another build is writing to ${folder}.`, {
      hint: 'Wait for it to finish, or build into another folder with --index.',
      cause,
    });
  }
  const held = db;
  return () => held.close();
}

function unusable(folder: string, cause: unknown): LyrecError {
  return new LyrecError('bad-argument', `${folder} cannot be used as an index folder.`, {
    hint: 'Name a folder that can be written with --index.',
    cause,
  });
}
