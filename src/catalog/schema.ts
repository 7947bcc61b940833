/**
 * The catalog's tables.
 *
 *     editions  (edition, id) ─► songs.key      what each build put together; readers see one edition, never a half
 *     songs     key ─► the row's content         kept once however many editions hold it
 *     summaries what was written about lyrics, by whom, whichever edition shows it
 *     vectors   (hash of text, embedder) ─► float16 numbers
 *
 * @module
 */

/** Raise it with every change of the tables or of an index folder's files: older folders are then refused. */
export const FORMAT_VERSION = 2;

/** Bytes. A song takes about 1,300, a vector 800: four times the usual page wastes a fifth less of the file. */
export const PAGE_SIZE = 16_384;

export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS songs (
    key INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    artist TEXT NOT NULL,
    title TEXT NOT NULL,
    link TEXT,
    lyrics TEXT NOT NULL,
    summary TEXT,
    summary_by TEXT,
    metadata TEXT NOT NULL,
    lyrics_hash BLOB NOT NULL,
    summary_hash BLOB,
    key_lines TEXT,
    key_lines_by TEXT
  );
  CREATE TABLE IF NOT EXISTS editions (
    edition INTEGER NOT NULL,
    id INTEGER NOT NULL,
    key INTEGER NOT NULL REFERENCES songs (key),
    PRIMARY KEY (edition, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS summaries (
    written INTEGER PRIMARY KEY AUTOINCREMENT,
    lyrics_hash BLOB NOT NULL,
    facts_hash BLOB NOT NULL,
    song_name BLOB NOT NULL,
    summarizer TEXT NOT NULL,
    name TEXT NOT NULL,
    summary TEXT,
    failure TEXT,
    tokens_in INTEGER,
    tokens_out INTEGER,
    seconds REAL,
    UNIQUE (lyrics_hash, facts_hash, song_name, summarizer)
  );
  CREATE TABLE IF NOT EXISTS vectors (
    number INTEGER PRIMARY KEY,
    text_hash BLOB NOT NULL,
    embedder TEXT NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (text_hash, embedder)
  );
`;
