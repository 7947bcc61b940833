/**
 * A file or standard input as clean text: unzipped, decoded, and known to be text.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream, type Stats, statSync } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LyrecError } from '../errors.js';

/** An opened input. */
export interface Input {
  /** What to call it in messages. */
  readonly name: string;
  /** Size of the file in bytes as it lies on disk; null for what can be read only once: standard input, a pipe. */
  readonly bytes: number | null;
  /** Bytes read so far, as they lie on disk. */
  readonly bytesRead: () => number;
  /** SHA-256 of the bytes as they lie on disk; complete once `text` has ended. */
  readonly checksum: () => string;
  /** The text in pieces, without a byte-order mark. */
  readonly text: AsyncIterable<string>;
}

// Enough to meet a zero byte in anything that is not text, and to see a byte-order mark.
const SNIFFED = 64 * 1024;
const GZIP_MARK = Buffer.from([0x1f, 0x8b]);

/**
 * Opens a text file for reading from front to back; `-` is standard input. Gzip is undone; UTF-8 and UTF-16 are read.
 *
 * @param live hands on what there is the moment it comes, for somebody who waits for an answer before writing on.
 * @throws LyrecError `input-missing` at once; `input-missing`, `input-not-text` or `input-malformed` while reading.
 */
export function openInput(file: string, { live = false }: { readonly live?: boolean } = {}): Input {
  const name = file === '-' ? 'standard input' : file;
  const hash = createHash('sha256');
  const bytes = file === '-' ? null : sizeOf(file);
  let read = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
    try {
      for await (const chunk of raw as AsyncIterable<Buffer>) {
        hash.update(chunk);
        read += chunk.length;
        yield chunk;
      }
    } catch (cause) {
      throw unreadable(name, cause);
    }
  }
  let checksum: string | undefined;
  return {
    name,
    bytes,
    bytesRead: () => read,
    checksum: () => {
      checksum ??= hash.digest('hex');
      return checksum;
    },
    text: decode(counted(), name, live ? GZIP_MARK.length : SNIFFED),
  };
}

/** The whole of a small text file, `-` for standard input, under the same rules as `openInput`. */
export async function readText(file: string): Promise<string> {
  let text = '';
  for await (const piece of openInput(file).text) text += piece;
  return text;
}

function sizeOf(file: string): number | null {
  let stat: Stats | undefined;
  try {
    stat = statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (!stat) throw new LyrecError('input-missing', `There is no file ${file}.`, { hint: 'Check the path.' });
  if (stat.isDirectory()) throw new LyrecError('input-missing', `${file} is a folder, not a file.`);
  return stat.isFile() ? stat.size : null;
}

function unreadable(name: string, cause: unknown): LyrecError {
  const code = cause instanceof Error && 'code' in cause ? ` (${cause.code})` : '';
  return new LyrecError('input-missing', `${name} cannot be read${code}.`, {
    hint: 'Check the path, and who may read it.',
    cause,
  });
}

async function* decode(chunks: AsyncIterable<Buffer>, name: string, sniffed: number): AsyncGenerator<string> {
  const [first, rest] = await takeFirst(chunks, sniffed);
  if (first.subarray(0, GZIP_MARK.length).equals(GZIP_MARK)) {
    yield* decode(gunzip(rest, name), name, SNIFFED);
    return;
  }
  const encoding = encodingOf(first, name);
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 0;
  for await (const chunk of rest) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch (cause) {
      throw otherEncoding(name, encoding, lines + linesBefore(chunk, encoding), cause);
    }
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
    yield text;
  }
  try {
    yield decoder.decode();
  } catch {
    // A file that was cut in the middle of a character: whoever reads it sees that its last line is not whole.
    yield '\uFFFD';
  }
}

/** How many lines end in a piece before the first bytes that are no text. */
function linesBefore(chunk: Buffer, encoding: string): number {
  const text = new TextDecoder(encoding).decode(chunk);
  // The piece may begin with the rest of a character that the one before began.
  return text.slice(0, Math.max(text.indexOf('\uFFFD', 3), 0)).split('\n').length - 1;
}

function otherEncoding(name: string, encoding: string, lines: number, cause: unknown): LyrecError {
  return new LyrecError('input-not-text', `${name} is not in ${encoding.toUpperCase()}: see line ${lines + 1}.`, {
    hint: 'Convert it first, for example with: iconv -f WINDOWS-1252 -t UTF-8.',
    cause,
  });
}

async function* gunzip(zipped: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // A failure of either end comes out of the loop below.
  pipeline(Readable.from(zipped), gunzip, () => {});
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    if (!(cause instanceof Error) || !('code' in cause) || !String(cause.code).startsWith('Z_')) throw cause;
    throw new LyrecError('input-malformed', `${name} is a damaged gzip file.`, {
      hint: 'Fetch or compress it again.',
      cause,
    });
  }
}

function encodingOf(first: Buffer, name: string): string {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  if (!first.includes(0)) return 'utf-8';
  throw new LyrecError('input-not-text', `${name} is not a text file.`, {
    hint: 'LyRec reads text in UTF-8 or UTF-16, also gzipped.',
  });
}

/** The first `size` bytes (or all there are), and everything from the start on. */
async function takeFirst(chunks: AsyncIterable<Buffer>, size: number): Promise<[Buffer, AsyncIterable<Buffer>]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let length = 0;
  while (length < size) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield* taken;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return [Buffer.concat(taken), all()];
}
