/**
 * The songs to learn from and among.
 * @module
 */
import { basename } from 'node:path';
import { LyrecError } from '../errors.js';
import { LyRec } from '../lyrec.js';
import { openInput, readSongs } from '../reading/song-reader.js';
import type { Song } from '../song.js';

/** Songs of an index, or of one or more CSV files. */
export interface Collection {
  /** What to call it in messages. */
  readonly name: string;
  readonly songs: readonly Song[];
  /** Whether a song's number tells which song it is: not in songs of several files. */
  readonly numbered: boolean;
}

/**
 * Reads the songs of CSV files, or else of an index.
 *
 * @throws LyrecError as reading a CSV or opening an index does; `no-songs` where the files hold none.
 */
export async function readCollection(source: { csv: readonly string[] } | { index: string }): Promise<Collection> {
  if ('index' in source) {
    const lyrec = await LyRec.open(source.index, { search: 'exact' });
    try {
      return { name: source.index, songs: lyrec.songIds().map((id) => lyrec.song(id)), numbered: true };
    } finally {
      await lyrec.close();
    }
  }
  const songs: Song[] = [];
  for (const file of source.csv) {
    for await (const row of readSongs(openInput(file))) if ('song' in row) songs.push(row.song);
  }
  const name = source.csv.map((file) => basename(file)).join(' + ');
  if (songs.length > 0) return { name, songs, numbered: source.csv.length === 1 };
  throw new LyrecError('no-songs', `${name} has no song with words.`, { hint: 'Check the columns of the file.' });
}
