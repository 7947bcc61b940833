import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type BuildOptions, buildIndex, estimateSummaries, LyRec, type Song } from '../../src/index.js';
import { chatServer, summaryOf } from '../support/chat-server.js';
import { json } from '../support/server.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

const TINY = fileURLToPath(new URL('../fixtures/models/tiny-llm', import.meta.url));

interface Place {
  readonly input: string;
  readonly folder: string;
  build(options?: Partial<BuildOptions>): ReturnType<typeof buildIndex>;
  /** Every song of the finished index. */
  songs(): Promise<Song[]>;
}

/** A collection and a place for its index. */
function place(rows: readonly object[] = ROWS): Place {
  const here = scratch();
  const input = put(here, 'songs.csv', csvOf(rows));
  const folder = join(here, 'index');
  return {
    input,
    folder,
    build: (options = {}) => buildIndex({ input, folder, ...options }),
    songs: async () => {
      const lyrec = await LyRec.open(folder, { search: 'exact' });
      const songs = rows.map((_, i) => lyrec.song(i + 1));
      await lyrec.close();
      return songs;
    },
  };
}

const by = (songs: readonly Song[]) => songs.map(({ summaryBy }) => summaryBy);
const titles = (asked: readonly { title: string }[]) => asked.map(({ title }) => title).sort();

describe('building with a language model', () => {
  it('summarizes every song once and never again', async () => {
    const { llm, asked } = await chatServer();
    const { build, songs } = place();
    const report = await build({ summarizing: { llm, model: 'a' } });
    expect(report.summarizing).toMatchObject({ by: 'a', written: 6, failed: [], tokens: { in: 1800, out: 300 } });
    expect(report.manifest).toMatchObject({ summaries: 6, writers: [{ name: 'a', songs: 6 }] });
    expect((await songs()).map(({ summary }) => summary)).toEqual(ROWS.map(({ song }) => summaryOf(song)));
    expect(await build({ summarizing: { llm, model: 'a' } })).toMatchObject({ upToDate: true });
    expect(asked).toHaveLength(6);
  });

  it('leaves songs that come with a summary alone', async () => {
    const { llm, asked } = await chatServer();
    const { build, songs } = place(ROWS.map((row, i) => (i < 4 ? { ...row, summary: 'Mine.' } : row)));
    await build({ summarizing: { llm, model: 'a' } });
    expect(titles(asked)).toEqual(['Payday', 'Until the Sun Comes Up']);
    expect(by(await songs())).toEqual(['csv', 'csv', 'csv', 'csv', 'a', 'a']);
  });

  it('keeps its summaries in later builds without one, and asks only about new songs', async () => {
    const { llm, asked } = await chatServer();
    const { build, songs, input } = place();
    writeFileSync(input, csvOf(ROWS.slice(0, 4)));
    await build({ summarizing: { llm, model: 'a' } });
    writeFileSync(input, csvOf(ROWS));
    expect((await build()).manifest).toMatchObject({ summaries: 4, summarizer: { name: 'a', choice: { llm } } });
    expect(by(await songs())).toEqual(['a', 'a', 'a', 'a', 'extractive', 'extractive']);
    expect(await build()).toMatchObject({ upToDate: true });
    await build({ summarizing: { llm, model: 'a' } });
    expect(by(await songs())).toEqual(Array(6).fill('a'));
    expect(asked).toHaveLength(6);
  });

  it('asks the same number of songs however often, spread over the collection, and goes on from there', async () => {
    const { llm, asked } = await chatServer();
    const many = Array.from({ length: 60 }, (_, i) => ({ ...ROWS[i % 6]!, song: `Song ${i + 1}`, text: `Verse ${i}` }));
    const { build } = place(many);
    await build({ summarizing: { llm, model: 'a', limit: 6 } });
    const six = asked.map(({ title }) => Number(title.slice(5))).sort((a, b) => a - b);
    expect(new Set(six.map((id) => Math.floor((id - 1) / 20))).size).toBe(3);
    expect(await build({ summarizing: { llm, model: 'a', limit: 6 } })).toMatchObject({ upToDate: true });
    await build({ summarizing: { llm, model: 'a', limit: 9 } });
    expect(asked).toHaveLength(9);
    expect(new Set(titles(asked)).size).toBe(9);
  });

  it('goes on after songs that fail, tells which, and asks about them the next time', async () => {
    let broken = true;
    const { llm, asked } = await chatServer(({ title }, response) => {
      if (!broken || (title !== 'Payday' && title !== 'Kitchen Light')) return summaryOf(title);
      return title === 'Payday' ? 'No.' : json(response, { error: { message: 'the lyrics are too long' } }, 400);
    });
    const { build, songs } = place();
    const { summarizing } = await build({ summarizing: { llm, model: 'a', concurrency: 1 } });
    expect(summarizing).toMatchObject({ written: 4, asked_again: 1 });
    expect(summarizing?.failed.map(({ song_id, reason }) => [song_id, reason]).sort()).toEqual([
      [3, expect.stringContaining('the lyrics are too long')],
      [6, 'too short'],
    ]);
    expect(by(await songs())).toEqual(['a', 'a', 'extractive', 'a', 'a', 'extractive']);
    broken = false;
    const before = asked.length;
    expect(await build({ summarizing: { llm, model: 'a' } })).toMatchObject({ summarizing: { written: 2 } });
    expect(titles(asked.slice(before))).toEqual(['Kitchen Light', 'Payday']);
  });

  it('stops at once for a bad key, and keeps the older index', async () => {
    const { llm, asked } = await chatServer((_, response) => json(response, {}, 401));
    const { build, songs } = place();
    await build();
    await expect(build({ summarizing: { llm, model: 'a', concurrency: 1 } })).rejects.toMatchObject({
      code: 'server-refused',
    });
    expect(asked).toHaveLength(1);
    expect(by(await songs())).toEqual(Array(6).fill('extractive'));
  });

  it('gives up a server that fails from some moment on, and finishes with what there is', async () => {
    let answers = 0;
    const { llm, asked } = await chatServer(({ title }, response) =>
      ++answers <= 10 ? summaryOf(title) : json(response, { error: 'the model is gone' }, 404),
    );
    const many = Array.from({ length: 60 }, (_, i) => ({ ...ROWS[0]!, song: `Song ${i}`, text: `Verse ${i}` }));
    const { build } = place(many);
    const { summarizing, manifest } = await build({ summarizing: { llm, model: 'a', concurrency: 1 } });
    expect(summarizing).toMatchObject({ written: 10, not_asked: 42 });
    expect(summarizing?.failed).toHaveLength(8);
    expect(manifest.summaries).toBe(10);
    // Songs that failed come last the next time.
    const failed = new Set(summarizing?.failed.map(({ title }) => title));
    answers = -1000;
    const before = asked.length;
    await build({ summarizing: { llm, model: 'a', concurrency: 1 } });
    expect(asked.slice(before + 42).every(({ title }) => failed.has(title))).toBe(true);
    expect(asked).toHaveLength(before + 50);
  });

  it('never gives up over songs that a server cannot take', async () => {
    const { llm } = await chatServer((_, response) => json(response, { error: 'too long' }, 400));
    const { build } = place(Array.from({ length: 20 }, (_, i) => ({ ...ROWS[0]!, song: `Song ${i}` })));
    const { summarizing } = await build({ summarizing: { llm, model: 'a' } });
    expect(summarizing?.failed).toHaveLength(20);
  });

  it('gives up a server that only fails', async () => {
    const { llm, asked } = await chatServer((_, response) => json(response, { error: 'model not found' }, 404));
    const { build } = place(Array.from({ length: 60 }, (_, i) => ({ ...ROWS[0]!, song: `Song ${i}` })));
    await expect(build({ summarizing: { llm, model: 'a' } })).rejects.toThrow('model not found');
    expect(asked.length).toBeLessThan(20);
  });

  it('remembers where the writer has moved to, and asks nothing again', async () => {
    const [first, second] = [await chatServer(), await chatServer()];
    const { build } = place();
    await build({ summarizing: { llm: first.llm, model: 'a' } });
    const { manifest } = await build({ summarizing: { llm: second.llm, model: 'a' } });
    expect(manifest.summarizer?.choice.llm).toBe(second.llm);
    expect(second.asked).toHaveLength(0);
  });

  it('asks nothing again because songs have become more popular', async () => {
    const { llm, asked } = await chatServer();
    const rows = (popularity: number) => ROWS.map((row) => ({ ...row, year: '1999', 'Track Popularity': popularity }));
    const { build, input } = place(rows(5));
    await build({ summarizing: { llm, model: 'a' } });
    expect(asked[0]?.user).toContain('Track Popularity: 5');
    writeFileSync(input, csvOf(rows(6)));
    await build({ summarizing: { llm, model: 'a' } });
    expect(asked).toHaveLength(6);
    writeFileSync(input, csvOf(rows(6).map((row) => ({ ...row, year: '2000' }))));
    await build({ summarizing: { llm, model: 'a' } });
    expect(asked).toHaveLength(12);
  });

  it('keeps what another model wrote until its own summary of a song is there', async () => {
    const { llm } = await chatServer(({ model, title }) =>
      model === 'b' && title === 'Payday' ? '' : `${summaryOf(title)} So says ${model}, at least.`,
    );
    const { build, songs } = place();
    await build({ summarizing: { llm, model: 'a' } });
    await build({ summarizing: { llm, model: 'b' } });
    expect(by(await songs())).toEqual(['b', 'b', 'b', 'b', 'b', 'a']);
    expect((await build()).manifest.writers).toEqual([
      { name: 'b', songs: 5 },
      { name: 'a', songs: 1 },
    ]);
    await build({ summarizing: { llm, model: 'a' } });
    expect(by(await songs())).toEqual(Array(6).fill('a'));
  });

  it('has several songs in hand at once, as many as it is told', async () => {
    let [now, most] = [0, 0];
    const { llm } = await chatServer(async ({ title }) => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 30));
      now--;
      return summaryOf(title);
    });
    await place().build({ summarizing: { llm, model: 'a', concurrency: 3 } });
    expect(most).toBe(3);
  });

  it('can be interrupted with nothing lost', async () => {
    const { llm, asked } = await chatServer();
    const { build } = place();
    const stop = new AbortController();
    const interrupted = build({
      summarizing: { llm, model: 'a', concurrency: 1 },
      signal: stop.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'summarizing' && done === 3) stop.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'interrupted' });
    expect(await build({ summarizing: { llm, model: 'a' } })).toMatchObject({ summarizing: { written: 3 } });
    expect(new Set(titles(asked)).size).toBe(6);
    expect(asked.length).toBeLessThanOrEqual(7);
  });

  it('takes a local model, and is not fooled by one that talks nonsense', async () => {
    const { build } = place(ROWS.slice(0, 1));
    const { summarizing, manifest } = await build({ summarizing: { llm: TINY } });
    expect(summarizing).toMatchObject({ by: 'tiny-llm', asked_again: 1 });
    expect(summarizing!.failed).toHaveLength(1);
    expect(summarizing!.tokens.out).toBeGreaterThan(300);
    expect(manifest.summaries).toBe(0);
  });
});

describe('key lines', () => {
  it('are lines of the song, at most 60 words of them, marked as nobody’s summary', async () => {
    const { build, songs } = place();
    const { manifest } = await build();
    expect(manifest).toMatchObject({ summaries: 0, writers: [] });
    for (const { summary, summaryBy, lyrics } of await songs()) {
      expect(summaryBy).toBe('extractive');
      for (const line of summary!.split(' / ')) expect(lyrics.split('\n')).toContain(line);
      expect(summary!.split(/[ /]+/).length).toBeLessThanOrEqual(60);
    }
  });

  it('are the refrain and the title rather than filling, each once', async () => {
    const text = `[Chorus]\nSailing home to Rosalie\nOh oh oh\n\nla la\n${'filler words about nothing in particular here\n'.repeat(1)}[Chorus]\nSailing home to Rosalie\nSailing home to sweet Rosalie\nOh oh oh`;
    const { build, songs } = place([{ ...ROWS[0], song: 'Rosalie (live)', text }]);
    await build();
    const [song] = await songs();
    expect(song?.summary).toMatch(/Sailing home to (sweet )?Rosalie/);
    expect(song?.summary?.match(/Rosalie/g)).toHaveLength(1);
    expect(song?.summary).not.toContain('Chorus');
  });

  it('are found among lines of a word or two, and nowhere in a song of headings', async () => {
    const text = Array.from({ length: 40 }, (_, i) => `word${i} sung`).join('\n');
    const { build, songs } = place([
      { ...ROWS[0], text },
      { ...ROWS[1], text: '[Chorus]\n[Verse 2]' },
    ]);
    await build();
    const [short, headings] = await songs();
    expect(short?.summary).toMatch(/^word\d+ sung( \/ word\d+ sung)+$/);
    expect(headings).toMatchObject({ summary: null, summaryBy: null });
  });

  it('do not change what is found', async () => {
    const { build, folder } = place();
    await build();
    const lyrec = await LyRec.open(folder);
    expect(lyrec.info.manifest.embedders[0]?.fields.summary).toBeUndefined();
    await lyrec.close();
  });
});

describe('summaries as a file', () => {
  it.each(['csv', 'jsonl'])('go out as %s and come back in, and are not asked for again', async (ending) => {
    const { llm, asked } = await chatServer();
    const from = place();
    await from.build({ summarizing: { llm, model: 'a' } });
    const file = put(scratch(), `out.${ending}`, await exported(from.folder, ending === 'csv' ? 'csv' : 'jsonl'));
    // Other rows before them, so that every song has another number.
    const to = place([{ ...ROWS[0], song: 'New', text: 'Nothing like it' }, ...ROWS]);
    const { imported } = await to.build({ summaries: file });
    expect(imported).toEqual({ read: 6, unused: 0 });
    expect((await to.songs()).slice(1).map(({ summary }) => summary)).toEqual(ROWS.map(({ song }) => summaryOf(song)));
    await to.build({ summarizing: { llm, model: 'a' } });
    expect(titles(asked)).toEqual(titles([...ROWS.map(({ song }) => ({ title: song })), { title: 'New' }]));
    expect(by(await to.songs())).toEqual(Array(7).fill('a'));
  });

  it('that came with one collection are not taken for those of another', async () => {
    const { llm } = await chatServer();
    const from = place(ROWS.map((row) => ({ ...row, summary: `About\n\u001b[31m${row.song}.` })));
    await from.build();
    const file = put(scratch(), 'out.csv', await exported(from.folder, 'csv'));
    const to = place();
    await to.build({ summaries: file });
    const [song] = await to.songs();
    expect(song).toMatchObject({ summaryBy: 'imported', summary: 'About [31mThe Pilot Boat.' });
    await to.build({ summarizing: { llm, model: 'a' } });
    expect(by(await to.songs())).toEqual(Array(6).fill('a'));
  });

  it('lose what could move a cursor', async () => {
    const file = put(scratch(), 'mine.jsonl', `{"title":"Payday","summary":"One\\u001b]0;two\\u202e\\nthree."}\n`);
    const { build, songs } = place([{ ...ROWS[5], artist: '' }]);
    await build({ summaries: file });
    expect((await songs())[0]?.summary).toBe('One]0;two three.');
  });

  it('written by hand find their songs by artist and title, unless that could mean two', async () => {
    const file = put(
      scratch(),
      'mine.csv',
      csvOf([
        { artist: 'NEON FERRIS', title: 'payday', summary: 'Wages that never last.' },
        { artist: 'Mona Quist', title: 'Ring Finger', summary: 'One thing.' },
        { artist: 'Mona Quist', title: 'Ring Finger', summary: 'Another.' },
        { artist: 'Nobody', title: 'Nothing', summary: 'Lost.' },
      ]),
    );
    const { build, songs } = place();
    expect((await build({ summaries: file })).imported).toEqual({ read: 4, unused: 3 });
    const all = await songs();
    expect(all[5]).toMatchObject({ summary: 'Wages that never last.', summaryBy: 'imported' });
    expect(all[3]).toMatchObject({ summaryBy: 'extractive' });
  });

  it('are refused where nothing says whose they are', async () => {
    const file = put(scratch(), 'mine.csv', 'song_id,summary\n1,Sad.\n');
    await expect(place().build({ summaries: file })).rejects.toThrow('song_id, summary');
  });
});

describe('an estimate', () => {
  it('says what would be asked, asks nothing and writes nothing', async () => {
    const { llm, asked } = await chatServer();
    const { input, folder, build } = place(ROWS.map((row, i) => (i === 0 ? { ...row, summary: 'Mine.' } : row)));
    const options = { input, folder, summarizing: { llm, model: 'a', limit: 4 } };
    expect(await estimateSummaries(options)).toMatchObject({ songs: 6, given: 1, kept: 0, to_ask: 4, measured: false });
    expect(existsSync(folder)).toBe(false);
    expect(asked).toHaveLength(0);
    await build({ summarizing: { llm, model: 'a', limit: 3 } });
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    expect(await estimateSummaries(options)).toMatchObject({
      kept: 3,
      to_ask: 1,
      tokens: { in: 300, out: 50 },
      measured: true,
    });
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).toBe(manifest);
  });
});

async function exported(folder: string, format: 'csv' | 'jsonl'): Promise<string> {
  const { headerFor, lineFor, rowOf } = await import('../../src/summarizing/summary-file.js');
  const lyrec = await LyRec.open(folder);
  const lines = [...lyrec.summaries()].map(({ song, summarizer }) => lineFor(format, rowOf(song, summarizer)));
  await lyrec.close();
  return headerFor(format) + lines.join('');
}
