import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Embedder, openEmbedder } from '../../src/embedding/embedder.js';
import { buildIndex, LyRec } from '../../src/index.js';
import { chatServer } from '../support/chat-server.js';
import { TINY_BERT } from '../support/models.js';
import { npyHeader, npyOf } from '../support/npy.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

// A song without words in the middle: its row has a vector too.
const ALL = [...ROWS.slice(0, 3), { artist: 'X', song: 'Instrumental', link: '', text: '' }, ...ROWS.slice(3)];
const WITH_SUMMARIES = ALL.map((row) => ({ ...row, summary: row.text && `It is about ${row.song}.` }));
const MODEL = { model: TINY_BERT };

let tiny: Embedder;
let lyrics: number[][];
let summaries: number[][];
beforeAll(async () => {
  tiny = await openEmbedder(MODEL);
  const numbers = (vectors: Float32Array[]) => vectors.map((vector) => Array.from(vector, (value) => value * 3));
  lyrics = numbers(
    await tiny.embedDocuments(
      ALL.map(({ text }) => text),
      'lyrics',
    ),
  );
  summaries = numbers(
    await tiny.embedDocuments(
      WITH_SUMMARIES.map(({ summary }) => summary),
      'summary',
    ),
  );
  return () => tiny.close();
});

/** An index of the rows, with vectors from files. */
async function built(rows: readonly object[], files: { lyrics?: Uint8Array; summary?: Uint8Array }, model = MODEL) {
  const place = scratch();
  const vectors = Object.fromEntries(
    Object.entries(files).map(([field, bytes]) => [field, put(place, `${field}.npy`, bytes)]),
  );
  const options = { input: put(place, 'songs.csv', csvOf(rows)), folder: join(place, 'index'), model, vectors };
  return { ...options, report: await buildIndex(options) };
}

/** What the encoder alone says of a song: its cosine with the question, from the catalog. */
async function answers(folder: string, question: string) {
  const lyrec = await LyRec.open(folder, { search: 'exact' });
  try {
    return (await lyrec.describe(question, { k: 100 })).matches.map(({ song, score }) => [song.id, score.toFixed(3)]);
  } finally {
    await lyrec.close();
  }
}

describe('ready-made vectors', () => {
  it.each(['<f2', '<f4', '<f8'] as const)('stand for the model that made them (%s)', async (type) => {
    const { folder, report } = await built(ALL, { lyrics: npyOf(lyrics, type) });
    // Only the static table had work to do.
    expect(report.embedded).toBe(ROWS.length);
    expect(report.manifest.embedders[1]).toMatchObject({
      kind: 'encoder',
      dimensions: 32,
      choice: { pooling: 'mean' },
    });
    const usual = await built(ALL, {});
    expect(await answers(folder, 'rain')).toEqual(await answers(usual.folder, 'rain'));
  });

  it('are taken for summaries as well', async () => {
    const { folder, report } = await built(WITH_SUMMARIES, { lyrics: npyOf(lyrics), summary: npyOf(summaries) });
    expect(report.embedded).toBe(2 * ROWS.length);
    expect(await answers(folder, 'rain')).toEqual(await answers((await built(WITH_SUMMARIES, {})).folder, 'rain'));
  });

  it('may leave the rest to the model', async () => {
    const { report } = await built(WITH_SUMMARIES, { lyrics: npyOf(lyrics) });
    expect(report.embedded).toBe(3 * ROWS.length);
  });

  it('are taken over once, and again when they have changed', async () => {
    const { report: _, ...options } = await built(ALL, { lyrics: npyOf(lyrics) });
    expect(await buildIndex(options)).toMatchObject({ upToDate: true });
    const before = await answers(options.folder, 'rain');
    writeFileSync(options.vectors.lyrics!, npyOf(lyrics.toReversed()));
    expect(await buildIndex(options)).toMatchObject({ upToDate: false });
    expect(await answers(options.folder, 'rain')).not.toEqual(before);
  });

  it('go with their rows when the rows have changed places', async () => {
    const wrong = await built(ALL.toReversed(), { lyrics: npyOf(lyrics) });
    writeFileSync(wrong.input, csvOf(ALL));
    const { folder, input, model, vectors } = wrong;
    await buildIndex({ folder, input, model, vectors });
    expect(await answers(folder, 'rain')).toEqual(
      await answers((await built(ALL, { lyrics: npyOf(lyrics) })).folder, 'rain'),
    );
  });

  it('come back to their rows after a build that was not finished', async () => {
    const { report: _, ...options } = await built(ALL, { lyrics: npyOf(lyrics) });
    const before = await answers(options.folder, 'rain');
    writeFileSync(options.input, csvOf(ALL.toReversed()));
    const stop = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage === 'indexing') stop.abort();
    };
    await expect(buildIndex({ ...options, onProgress, signal: stop.signal })).rejects.toThrow('Interrupted');
    writeFileSync(options.input, csvOf(ALL));
    await buildIndex(options);
    expect(await answers(options.folder, 'rain')).toEqual(before);
  });

  it('are not taken for summaries that no row came with', async () => {
    const { llm } = await chatServer();
    const some = WITH_SUMMARIES.map((row, i) => (i === 0 ? { ...row, summary: '' } : row));
    const { report: _, ...options } = await built(some, { lyrics: npyOf(lyrics) });
    await buildIndex({ ...options, summarizing: { llm, model: 'a' } });
    const before = await answers(options.folder, 'rain');
    // The first song now shows what the language model wrote; the row of vectors is about something else.
    const summary = put(scratch(), 'summary.npy', npyOf([summaries[1]!, ...summaries.slice(1)]));
    await buildIndex({ ...options, vectors: { ...options.vectors, summary } });
    expect(await answers(options.folder, 'rain')).toEqual(before);
  });

  it('are forgotten when they are two builds old', async () => {
    const { report: _, ...options } = await built(ALL, { lyrics: npyOf(lyrics) });
    for (const factor of [1, 2, 3, 4]) {
      writeFileSync(options.vectors.lyrics!, npyOf(lyrics.map((row) => row.map((value, d) => value + d * factor))));
      await buildIndex(options);
    }
    const catalog = new Database(join(options.folder, 'catalog.sqlite'), { readonly: true });
    const imported = "SELECT count(DISTINCT embedder) FROM vectors WHERE embedder LIKE 'imported:%'";
    expect(catalog.prepare(imported).pluck().get()).toBe(2);
    catalog.close();
  });

  it('tell before a language model is asked that the summaries would need the model too', async () => {
    const { llm, asked } = await chatServer();
    const model = { model: 'Alibaba-NLP/gte-Qwen2-1.5B-instruct' };
    const { report: _, ...options } = await built(ALL, { lyrics: npyOf(lyrics) }, model);
    await expect(buildIndex({ ...options, summarizing: { llm, model: 'a' } })).rejects.toThrow(
      'The summaries that are to be written have no ready-made vectors',
    );
    expect(asked).toHaveLength(0);
    writeFileSync(options.input, csvOf(WITH_SUMMARIES));
    await expect(buildIndex(options)).rejects.toMatchObject({
      message: expect.stringContaining('Some summaries have no ready-made vectors'),
      hint: expect.stringContaining('--summary-vectors'),
    });
  });

  it('need their model only for questions', async () => {
    const model = { model: 'Alibaba-NLP/gte-Qwen2-1.5B-instruct' };
    const { folder, report } = await built(ALL, { lyrics: npyOf(lyrics) }, model);
    expect(report.manifest.embedders[1]?.choice).toMatchObject({
      ...model,
      pooling: 'last_token',
      queryPrompt: 'Instruct: Given the lyrics, retrieve relevant songs\nQuery: ',
    });
    await expect(answers(folder, 'rain')).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('questions need the model that made the vectors'),
      hint: expect.stringContaining('--model-name Alibaba-NLP/gte-Qwen2-1.5B-instruct'),
    });
  });

  it('must have the dimensions of their model, which shows with the first question', async () => {
    const { folder } = await built(ALL, { lyrics: npyOf(lyrics.map((row) => row.slice(0, 16))) });
    await expect(answers(folder, 'rain')).rejects.toMatchObject({ code: 'model-mismatch' });
  });
});

describe('vectors that do not belong to a collection', () => {
  const refused = async (
    files: { lyrics?: Uint8Array; summary?: Uint8Array },
    message: string,
    { rows = ALL, model = MODEL }: { rows?: readonly object[]; model?: { model: string } } = {},
  ) => {
    const place = scratch();
    const vectors = Object.fromEntries(
      Object.entries(files).map(([field, bytes]) => [field, put(place, `${field}.npy`, bytes)]),
    );
    const options = { input: put(place, 'songs.csv', csvOf(rows)), folder: join(place, 'index'), model, vectors };
    await expect(buildIndex(options)).rejects.toThrow(message);
    expect(existsSync(join(options.folder, 'manifest.json'))).toBe(false);
  };

  it('by their number', () => refused({ lyrics: npyOf(lyrics.slice(1)) }, 'has 6 rows, the collection has 7'));
  it('by their dimensions', () =>
    refused({ lyrics: npyOf(lyrics), summary: npyOf([[1, 2]]) }, '32 numbers a row', { rows: WITH_SUMMARIES }));
  it('by summaries that are not there', () => refused({ summary: npyOf(summaries) }, 'no song came with one'));
  it('by values that are not numbers', () =>
    refused({ lyrics: npyOf(lyrics.map((row, i) => (i === 2 ? row.fill(Number.NaN) : row))) }, 'Row 3 of'));
  it('by having no model', () =>
    refused({ lyrics: npyOf(lyrics) }, 'need the name of the model', { model: { model: 'lyrec-static' } }));

  it.each([
    ['text', Buffer.from('artist,song,text and more'), 'is no .npy file'],
    ['whole numbers', npyHeader("{'descr': '<i8', 'fortran_order': False, 'shape': (7, 2), }"), 'holds "<i8"'],
    ['big-endian', npyHeader("{'descr': '>f4', 'fortran_order': False, 'shape': (7, 2), }"), 'holds ">f4"'],
    ['columns first', npyHeader("{'descr': '<f4', 'fortran_order': True, 'shape': (7, 2), }"), 'Fortran'],
    ['one dimension', npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"), 'the shape (7)'],
    ['half a file', npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (7, 2), }"), 'is cut short'],
  ])('by being %s', (_, bytes, message) => refused({ lyrics: bytes }, message));
});
