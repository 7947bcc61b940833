/**
 * What an embeddings server answers, checked.
 * @module
 */
import { LyrecError } from '../../errors.js';
import { normalize } from '../unit-vector.js';

interface Answer {
  readonly data?: readonly { readonly index?: unknown; readonly embedding?: unknown }[];
}

/**
 * The unit vectors of an answer, in the order of the texts.
 *
 * @param server what to call the server in messages.
 * @throws LyrecError `server-failed` for anything but `count` vectors of numbers, all of one length.
 */
export function vectorsOf(answer: unknown, count: number, server: string): Float32Array[] {
  const data = (answer as Answer | null)?.data;
  if (!Array.isArray(data)) throw failed(server, 'its answer is no list of vectors');
  if (data.length !== count) throw failed(server, `it sent ${data.length} vectors for ${count} texts`);
  const vectors: Float32Array[] = new Array(count);
  data.forEach((item: { index?: unknown; embedding?: unknown } | null, at) => {
    const place = item?.index ?? at;
    if (!isWhole(place) || place < 0 || place >= count || vectors[place]) {
      throw failed(server, 'its vectors are not numbered like the texts');
    }
    vectors[place] = unitVector(item?.embedding, server);
  });
  return vectors;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function unitVector(values: unknown, server: string): Float32Array {
  if (!Array.isArray(values) || values.length === 0) throw failed(server, 'its answer is no list of vectors');
  if (!values.every((value) => typeof value === 'number' && Number.isFinite(value))) {
    throw failed(server, 'it sent values that are not numbers');
  }
  return normalize(Float32Array.from(values as number[]));
}

function failed(server: string, why: string): LyrecError {
  return new LyrecError('server-failed', `The embeddings server ${server} cannot be used: ${why}.`, {
    hint: 'Check that the model it runs is made for embeddings.',
  });
}
