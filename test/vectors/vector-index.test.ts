import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../../src/float16.js';
import { byScore, dot, ExactIndex, HnswIndex, type VectorIndex } from '../../src/vectors/vector-index.js';
import { scratch } from '../support/songs.js';

const DIMENSIONS = 50;
const COUNT = 2000;

/** Deterministic unit vectors, ids from 1. */
function makeVectors(): { id: number; vector: Float32Array }[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  };
  return Array.from({ length: COUNT }, (_, i) => {
    const vector = Float32Array.from({ length: DIMENSIONS }, random);
    const length = Math.sqrt(dot(vector, vector));
    return { id: i + 1, vector: vector.map((value) => value / length) };
  });
}

const vectors = makeVectors();
const byId = new Map(vectors.map(({ id, vector }) => [id, vector]));
const lookup = (ids: readonly number[]) => new Map(ids.map((id) => [id, byId.get(id)!]));
const truth = (query: Float32Array) =>
  vectors.map(({ id, vector }) => ({ id, score: dot(query, vector) })).sort(byScore);

async function open(kind: 'exact' | 'hnsw'): Promise<VectorIndex> {
  const file = join(scratch(), 'index');
  if (kind === 'exact') {
    ExactIndex.write(file, DIMENSIONS, vectors);
    return ExactIndex.open(file, lookup);
  }
  await HnswIndex.write(file, DIMENSIONS, vectors, { count: COUNT });
  return (await HnswIndex.open(file, DIMENSIONS))!;
}

describe.each(['exact', 'hnsw'] as const)('the %s index', (kind) => {
  it('finds every vector by itself, with a cosine of 1', async () => {
    const index = await open(kind);
    expect(index.size).toBe(COUNT);
    for (const id of [1, 500, COUNT]) {
      const [first] = index.search(byId.get(id)!, 1);
      expect(first?.id).toBe(id);
      expect(first?.score).toBeCloseTo(1, 5);
    }
  });

  it('agrees with comparing everything', async () => {
    const index = await open(kind);
    let agreed = 0;
    for (const { vector } of vectors.slice(0, 50)) {
      const expected = new Set(
        truth(vector)
          .slice(0, 10)
          .map(({ id }) => id),
      );
      agreed += index.search(vector, 10).filter(({ id }) => expected.has(id)).length;
    }
    expect(agreed).toBeGreaterThanOrEqual(kind === 'exact' ? 500 : 495);
  });

  it('returns everything, best first, when asked for more than there is', async () => {
    const index = await open(kind);
    const found = index.search(vectors[0]!.vector, COUNT + 10);
    expect(found).toHaveLength(COUNT);
    expect(found).toEqual([...found].sort(byScore));
  });

  it('finds only what is allowed', async () => {
    const index = await open(kind);
    const found = index.search(vectors[0]!.vector, 10, { allowed: (id) => id % 2 === 0 });
    expect(found).toHaveLength(10);
    expect(found.every(({ id }) => id % 2 === 0)).toBe(true);
    expect(index.has(COUNT)).toBe(true);
    expect(index.has(COUNT + 1)).toBe(false);
  });
});

describe('the exact index', () => {
  it('gives the nearest of whatever is allowed, however few', async () => {
    const index = await open('exact');
    const allowed = (id: number) => id % 400 === 0;
    const expected = truth(vectors[0]!.vector).filter(({ id }) => allowed(id));
    const found = index.search(vectors[0]!.vector, 10, { allowed });
    expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('says so when its file is cut while it is open', () => {
    const file = join(scratch(), 'index');
    ExactIndex.write(file, DIMENSIONS, vectors);
    const index = ExactIndex.open(file, lookup);
    truncateSync(file, 1000);
    expect(() => index.search(vectors[0]!.vector, 1)).toThrow('damaged');
    index.close();
  });
});

describe('half-precision numbers', () => {
  it('keep what they can hold and round the rest to the nearest', () => {
    const held = Float32Array.from([0, -0, 1, -2, 0.5, 65504, 2 ** -14, 2 ** -24, 1023 * 2 ** -24, Infinity]);
    expect(decodeFloat16(encodeFloat16(held))).toEqual(held);
    expect(decodeFloat16(encodeFloat16(Float32Array.of(Number.NaN)))[0]).toBeNaN();
    expect(decodeFloat16(encodeFloat16(Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1e9, 1e-9)))).toEqual(
      Float32Array.of(1, 1 + 2 ** -9, Infinity, 0),
    );
  });
});
