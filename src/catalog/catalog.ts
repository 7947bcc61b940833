/**
 * The SQLite file of an index folder: songs, the vectors of their texts, and summaries that were written of them.
 * @module
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { LyrecError } from '../errors.js';
import { decodeFloat16, encodeFloat16 } from '../float16.js';
import { hashOf } from '../hash.js';
import { chosenLines } from '../reading/lines.js';
import { type ColumnName, EXTRACTIVE, type Field, type Song } from '../song.js';
import { FORMAT_VERSION, PAGE_SIZE, SCHEMA } from './schema.js';
import { SummaryTable } from './summary-table.js';

export { FORMAT_VERSION } from './schema.js';
export type { KeptSummary, SummaryTable } from './summary-table.js';

/** A song's text of one field, and the name its vector is kept under. */
export interface SongText {
  readonly id: number;
  readonly hash: Buffer;
  readonly text: string;
}

/** What a song is called. */
export type SongName = Pick<Song, 'id' | 'artist' | 'title'>;

interface SongRow {
  readonly id: number;
  readonly artist: string;
  readonly title: string;
  readonly link: string | null;
  readonly lyrics: string;
  readonly summary: string | null;
  readonly summaryBy: string | null;
  readonly metadata: string;
  readonly keyLines: string | null;
}

const SONG_COLUMNS = `e.id, s.artist, s.title, s.link, s.lyrics, s.summary, s.summary_by AS summaryBy, s.metadata,
  s.key_lines AS keyLines`;
const HASH_COLUMN: Record<Field, string> = { lyrics: 's.lyrics_hash', summary: 's.summary_hash' };

/** One open catalog. Whoever opens it closes it. */
export class Catalog {
  /** Every summary that was ever written or taken in. */
  readonly summaries: SummaryTable;
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  private constructor(db: Database.Database) {
    this.#db = db;
    this.summaries = new SummaryTable((sql) => this.#prepare(sql));
  }

  /** Opens a catalog to read. @throws LyrecError `index-damaged` if it is no catalog, `index-version` if it is of another version. */
  static read(file: string): Catalog {
    if (!existsSync(file)) throw damaged(file);
    const catalog = Catalog.#open(file, { readonly: true });
    if (catalog.#version === FORMAT_VERSION) return catalog;
    // A file of no bytes is a database without tables.
    catalog.close();
    throw damaged(file);
  }

  /** Opens a catalog to write, making it if there is none. Readers go on reading meanwhile. */
  static write(file: string): Catalog {
    const catalog = Catalog.#open(file, {});
    catalog.#db.pragma(`page_size = ${PAGE_SIZE}`);
    catalog.#db.pragma('journal_mode = WAL');
    catalog.#db.pragma('synchronous = NORMAL');
    catalog.#db.exec(SCHEMA);
    catalog.#db.pragma(`user_version = ${FORMAT_VERSION}`);
    return catalog;
  }

  static #open(file: string, options: Database.Options): Catalog {
    let db: Database.Database | undefined;
    try {
      db = new Database(file, options);
      const catalog = new Catalog(db);
      if ([0, FORMAT_VERSION].includes(catalog.#version)) return catalog;
      throw new LyrecError('index-version', `${file} was written by another version of LyRec.`, {
        hint: 'Build into an empty folder, or delete this one first.',
      });
    } catch (cause) {
      db?.close();
      if (isNoDatabase(cause)) throw damaged(file, cause, options.readonly ? BUILD : DELETE);
      throw cause;
    }
  }

  close(): void {
    this.#db.close();
  }

  /** Reads the whole file and looks for pages that do not fit together. @throws LyrecError `index-damaged`. */
  check(): void {
    let said: unknown;
    try {
      said = this.#db.pragma('quick_check(1)', { simple: true });
    } catch (cause) {
      throw isNoDatabase(cause) ? damaged(this.#db.name, cause) : cause;
    }
    if (said !== 'ok') throw damaged(this.#db.name, said);
  }

  /** 0 for a file that was only just made. */
  get #version(): number {
    return this.#db.pragma('user_version', { simple: true }) as number;
  }

  /** Puts everything into the one file, so that the folder can be copied or lie on a read-only disk. */
  settle(): void {
    try {
      this.#db.pragma('journal_mode = DELETE');
    } catch (error) {
      // Somebody is reading: the write-ahead log stays beside the file until they are done.
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    }
  }

  // ── building ──

  /** The number of an edition nobody has used. */
  newEdition(): number {
    return (this.#prepare('SELECT coalesce(max(edition), 0) + 1 AS next FROM editions').get() as { next: number }).next;
  }

  /** Adds songs to an edition, or puts them in the place of those with the same ids, all or none. */
  addSongs(edition: number, songs: readonly Song[]): void {
    const find = this.#prepare('SELECT key FROM songs WHERE digest = ?').pluck();
    const insert = this.#prepare(
      `INSERT INTO songs (digest, artist, title, link, lyrics, summary, summary_by, metadata, lyrics_hash, summary_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const list = this.#prepare('INSERT OR REPLACE INTO editions (edition, id, key) VALUES (?, ?, ?)');
    this.#db.transaction(() => {
      for (const { id, artist, title, link, lyrics, summary, summaryBy, metadata } of songs) {
        const more = JSON.stringify(metadata);
        const digest = hashOf(JSON.stringify([artist, title, link, lyrics, summary, summaryBy, more]));
        const key =
          find.get(digest) ??
          insert.run(
            ...[digest, artist, title, link, lyrics, summary, summaryBy, more],
            textHash('lyrics', lyrics),
            summary === null ? null : textHash('summary', summary),
          ).lastInsertRowid;
        list.run(edition, id, key);
      }
    })();
  }

  /** Forgets the songs that no edition holds. */
  forgetUnusedSongs(): void {
    this.#db.exec('DELETE FROM songs WHERE key NOT IN (SELECT key FROM editions)');
  }

  /**
   * Runs work whose every write is to survive a power cut from the moment it returns. Elsewhere a cut may undo the last
   * second, which costs a second; here it could cost money.
   */
  async durably<T>(work: () => Promise<T>): Promise<T> {
    this.#db.pragma('synchronous = FULL');
    try {
      return await work();
    } finally {
      this.#db.pragma('synchronous = NORMAL');
    }
  }

  /** Songs of an edition that nobody summarized and whose key lines this embedder has not chosen yet, `limit` at a time. */
  songsWithoutKeyLines(edition: number, embedder: string, after: number, limit: number): Song[] {
    const rows = this.#prepare(
      `SELECT ${SONG_COLUMNS} FROM editions e JOIN songs s ON s.key = e.key
       WHERE e.edition = ? AND e.id > ? AND s.summary IS NULL AND s.key_lines_by IS NOT ? ORDER BY e.id LIMIT ?`,
    ).all(edition, after, embedder, limit) as SongRow[];
    return rows.map(toSong);
  }

  /** Keeps the places of songs' key lines, all or none. */
  addKeyLines(edition: number, embedder: string, chosen: ReadonlyMap<number, readonly number[]>): void {
    const update = this.#prepare(
      `UPDATE songs SET key_lines = ?, key_lines_by = ? WHERE key = (SELECT key FROM editions WHERE edition = ? AND id = ?)`,
    );
    this.#db.transaction(() => {
      for (const [id, places] of chosen) update.run(JSON.stringify(places), embedder, edition, id);
    })();
  }

  /** The texts of a field that have no vector by this embedder yet, `limit` at a time, after the song `after`. */
  pendingTexts(edition: number, field: Field, embedder: string, after: number, limit: number): SongText[] {
    return this.#prepare(
      `SELECT e.id AS id, ${HASH_COLUMN[field]} AS hash, s.${field} AS text
       FROM editions e JOIN songs s ON s.key = e.key
       LEFT JOIN vectors v ON v.text_hash = ${HASH_COLUMN[field]} AND v.embedder = ?
       WHERE e.edition = ? AND e.id > ? AND ${HASH_COLUMN[field]} IS NOT NULL AND v.text_hash IS NULL
       ORDER BY e.id LIMIT ?`,
    ).all(embedder, edition, after, limit) as SongText[];
  }

  /** How many songs of an edition have this field, and how many of those a vector by this embedder. */
  countTexts(edition: number, field: Field, embedder: string): { texts: number; vectors: number } {
    return this.#prepare(
      `SELECT count(*) AS texts, count(v.text_hash) AS vectors
       FROM editions e JOIN songs s ON s.key = e.key
       LEFT JOIN vectors v ON v.text_hash = ${HASH_COLUMN[field]} AND v.embedder = ?
       WHERE e.edition = ? AND ${HASH_COLUMN[field]} IS NOT NULL`,
    ).get(embedder, edition) as { texts: number; vectors: number };
  }

  /** Every text of a field in the order of song ids. */
  *textsInOrder(edition: number, field: Field): Generator<SongText> {
    const page = this.#prepare(
      `SELECT e.id AS id, ${HASH_COLUMN[field]} AS hash, s.${field} AS text FROM editions e JOIN songs s ON s.key = e.key
       WHERE e.edition = ? AND e.id > ? AND ${HASH_COLUMN[field]} IS NOT NULL ORDER BY e.id LIMIT 512`,
    );
    for (let after = 0; ; ) {
      const rows = page.all(edition, after) as SongText[];
      yield* rows;
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  /** Keeps the vectors of texts in place of those they had, all or none. */
  addVectors(embedder: string, texts: readonly SongText[], vectors: readonly Float32Array[]): void {
    const insert = this.#prepare(
      `INSERT INTO vectors (text_hash, embedder, vector) VALUES (?, ?, ?) ON CONFLICT (text_hash, embedder)
       DO UPDATE SET vector = excluded.vector WHERE vector IS NOT excluded.vector`,
    );
    this.#db.transaction(() => {
      texts.forEach(({ hash }, i) => {
        insert.run(hash, embedder, Buffer.from(encodeFloat16(vectors[i]!).buffer));
      });
    })();
  }

  /** Every vector of a field in the order of song ids. */
  *vectorsInOrder(edition: number, field: Field, embedder: string): Generator<{ id: number; vector: Float32Array }> {
    // A page at a time: an open statement would keep others on this connection from writing.
    const page = this.#prepare(
      `SELECT e.id AS id, v.vector AS bytes
       FROM editions e JOIN songs s ON s.key = e.key
       JOIN vectors v ON v.text_hash = ${HASH_COLUMN[field]} AND v.embedder = ?
       WHERE e.edition = ? AND e.id > ? ORDER BY e.id LIMIT 512`,
    );
    for (let after = 0; ; ) {
      const rows = page.all(embedder, edition, after) as { id: number; bytes: Buffer }[];
      for (const { id, bytes } of rows) yield { id, vector: toVector(bytes) };
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  /** Forgets every edition but these, and the songs that only the others held. Vectors stay. */
  keepEditions(editions: readonly number[]): void {
    const kept = editions.map(Number).join(', ');
    this.#db.transaction(() => {
      const dropped = this.#db.prepare(`DELETE FROM editions WHERE edition NOT IN (${kept})`).run().changes;
      if (dropped > 0) this.forgetUnusedSongs();
    })();
  }

  /**
   * Forgets the vectors of texts that no edition holds, and those that came ready-made under another id than these: their file
   * is not coming back. Those of other models stay, in case somebody does.
   */
  forgetUnusedVectors(embedders: readonly string[]): void {
    this.#db.exec(`DELETE FROM vectors WHERE text_hash NOT IN
      (SELECT lyrics_hash FROM songs UNION SELECT summary_hash FROM songs WHERE summary_hash IS NOT NULL)`);
    this.#prepare(
      `DELETE FROM vectors WHERE embedder LIKE 'imported:%' AND embedder NOT IN (SELECT value FROM json_each(?))`,
    ).run(JSON.stringify(embedders));
  }

  // ── reading ──

  /** Songs by id, in the order asked; ids the edition does not have are left out. */
  songs(edition: number, ids: readonly number[]): Song[] {
    const find = this.#prepare(
      `SELECT ${SONG_COLUMNS} FROM editions e JOIN songs s ON s.key = e.key WHERE e.edition = ? AND e.id = ?`,
    );
    return ids.flatMap((id) => {
      const row = find.get(edition, id) as SongRow | undefined;
      return row ? [toSong(row)] : [];
    });
  }

  /** Every song of an edition in the order of ids; the catalog may be written to meanwhile. */
  *songsInOrder(edition: number): Generator<Song> {
    const page = this.#prepare(
      `SELECT ${SONG_COLUMNS} FROM editions e JOIN songs s ON s.key = e.key
       WHERE e.edition = ? AND e.id > ? ORDER BY e.id LIMIT 256`,
    );
    for (let after = 0; ; ) {
      const rows = page.all(edition, after) as SongRow[];
      for (const row of rows) yield toSong(row);
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  /** Who wrote the summaries of an edition's songs, and of how many each; most first. */
  writers(edition: number): { name: string; songs: number }[] {
    return this.#prepare(
      `SELECT s.summary_by AS name, count(*) AS songs FROM editions e JOIN songs s ON s.key = e.key
       WHERE e.edition = ? AND s.summary IS NOT NULL GROUP BY s.summary_by ORDER BY songs DESC, name`,
    ).all(edition) as { name: string; songs: number }[];
  }

  /** Every song's id and name, in the order of ids. */
  names(edition: number): SongName[] {
    return this.#prepare(
      'SELECT e.id, s.artist, s.title FROM editions e JOIN songs s ON s.key = e.key WHERE e.edition = ? ORDER BY e.id',
    ).all(edition) as SongName[];
  }

  /** The vectors of songs by id; songs without this field, or unknown, are left out. */
  vectors(edition: number, field: Field, embedder: string, ids: readonly number[]): Map<number, Float32Array> {
    const find = this.#prepare(
      `SELECT v.vector FROM editions e JOIN songs s ON s.key = e.key
       JOIN vectors v ON v.text_hash = ${HASH_COLUMN[field]} AND v.embedder = ?
       WHERE e.edition = ? AND e.id = ?`,
    ).pluck();
    const found = new Map<number, Float32Array>();
    for (const id of ids) {
      const bytes = find.get(embedder, edition, id) as Buffer | undefined;
      if (bytes) found.set(id, toVector(bytes));
    }
    return found;
  }

  /** What every song of an edition has in a column, of LyRec's own or of the CSV; nothing for those that have nothing there. */
  column(edition: number, name: ColumnName): Map<number, string> {
    const rows = this.#prepare(
      `SELECT e.id, s.${'own' in name ? name.own : 'metadata'} FROM editions e JOIN songs s ON s.key = e.key
       WHERE e.edition = ?`,
    ).raw();
    const values = new Map<number, string>();
    for (const [id, stored] of rows.all(edition) as [number, string | null][]) {
      const value =
        'own' in name || stored === null ? stored : ownValue(JSON.parse(stored) as Song['metadata'], name.metadata);
      if (value) values.set(id, value);
    }
    return values;
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** A song without a cell in a column called "constructor" has nothing there, not what every object has. */
function ownValue(metadata: Song['metadata'], column: string): string | undefined {
  return Object.hasOwn(metadata, column) ? metadata[column] : undefined;
}

/** What a text's vector is kept under: the same words are embedded differently as lyrics and as a summary. */
function textHash(field: Field, text: string): Buffer {
  return hashOf(`${field}\n${text}`);
}

function toSong({ keyLines, ...row }: SongRow): Song {
  const song = { ...row, metadata: JSON.parse(row.metadata) as Record<string, string> };
  const places = row.summary === null && keyLines !== null ? (JSON.parse(keyLines) as number[]) : [];
  // Lyrics may be nothing but "[Chorus]".
  if (places.length === 0) return song;
  return { ...song, summary: chosenLines(row.lyrics, places), summaryBy: EXTRACTIVE };
}

function toVector(bytes: Buffer): Float32Array {
  // SQLite hands out bytes at any address, 16-bit numbers need an even one.
  return decodeFloat16(new Uint16Array(new Uint8Array(bytes).buffer));
}

function isNoDatabase(cause: unknown): boolean {
  return cause instanceof Database.SqliteError && ['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes(cause.code);
}

const BUILD = 'Build the index again.';
const DELETE = 'Delete it and build again, or build into another folder with --index.';

function damaged(file: string, cause?: unknown, hint = BUILD): LyrecError {
  return new LyrecError('index-damaged', `${file} is missing or damaged.`, { hint, cause });
}
