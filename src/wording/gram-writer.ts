/**
 * Writing a wording index. See `wording-index.ts` for the file.
 * @module
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { gramsOf } from './grams.js';

/** What a file starts with; the numbers after it are counted from here. */
export const MAGIC = 'LYREC-G4';
/** Bytes before the tables: the magic, the number of texts, the number of grams. */
export const HEADER = 16;

// A gram that three songs in ten have tells nothing apart, and would take a fifth of the file.
const COMMON = 0.3;
// Below this many songs a share says nothing.
const NEVER_COMMON = 30;

/** Where a gram occurs, in the file's own encoding. */
class Postings {
  bytes = new Uint8Array(8);
  length = 0;
  songs = 0;
  #last = -1;

  add(place: number, repeated: boolean): void {
    if (this.length + 5 > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    let rest = (place - this.#last - 1) * 2 + (repeated ? 1 : 0);
    for (; rest > 127; rest >>>= 7) this.bytes[this.length++] = (rest & 127) | 128;
    this.bytes[this.length++] = rest;
    this.#last = place;
    this.songs++;
  }
}

/** Writes the file from texts as they come. */
export async function writeWording(
  file: string,
  texts: Iterable<{ readonly id: number; readonly text: string }>,
  { onText }: { onText: (done: number) => Promise<void> },
): Promise<void> {
  const ids: number[] = [];
  const lengths: number[] = [];
  const all = new Map<number, Postings>();
  for (const { id, text } of texts) {
    const grams = gramsOf(text).sort();
    const place = ids.length;
    for (let at = 0; at < grams.length; ) {
      const gram = grams[at]!;
      let next = at + 1;
      while (grams[next] === gram) next++;
      let postings = all.get(gram);
      if (!postings) {
        postings = new Postings();
        all.set(gram, postings);
      }
      postings.add(place, next - at > 1);
      at = next;
    }
    ids.push(id);
    lengths.push(grams.length);
    await onText(ids.length);
  }
  const common = Math.max(NEVER_COMMON, COMMON * ids.length);
  const kept = [...all].filter(([, { songs }]) => songs <= common).sort(([a], [b]) => a - b);
  const offsets = new Uint32Array(kept.length + 1);
  kept.forEach(([, { length }], i) => {
    offsets[i + 1] = offsets[i]! + length;
  });
  const header = Buffer.alloc(HEADER);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(ids.length, 8);
  header.writeUInt32LE(kept.length, 12);
  const out = openSync(file, 'w');
  try {
    writeSync(out, header);
    writeSync(out, Uint32Array.from(ids));
    writeSync(out, Uint32Array.from(lengths));
    writeSync(
      out,
      Uint32Array.from(kept, ([gram]) => gram),
    );
    writeSync(
      out,
      Uint32Array.from(kept, ([, { songs }]) => songs),
    );
    writeSync(out, offsets);
    for (const [, { bytes, length }] of kept) writeSync(out, bytes, 0, length);
  } finally {
    closeSync(out);
  }
}
