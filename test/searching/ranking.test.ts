import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, buildIndex, LyRec } from '../../src/index.js';
import { seededRandom, shuffled } from '../../src/random.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

const STORM = 'praying on deck through a storm, only three come home';

/** Years and popularity by song; a cover of the third song with other words at the end. */
const COLLECTION = [
  { ...ROWS[0], Year: '1968', genre: 'Folk', popularity: '12', released: '1968-05-01', constructor: 'x' },
  { ...ROWS[1], Year: '1999', genre: 'folk', popularity: '80', released: '1999-05-01' },
  { ...ROWS[2], Year: '2003', genre: 'pop', popularity: '', released: '2003-01-31' },
  { ...ROWS[3], Year: 'unknown', genre: 'pop', popularity: '55', released: '' },
  { ...ROWS[4], Year: '2011', genre: 'dance', popularity: '99', released: '2011-11-11' },
  { ...ROWS[5], Year: '', genre: 'Folk rock', popularity: '9', released: '' },
  { ...ROWS[2], artist: 'Björk & The Beards', song: 'Kitchen Light (live)', text: `${ROWS[2]!.text}\nThank you` },
];

let place: string;
let lyrec: LyRec;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  const folder = join(place, 'index');
  await buildIndex({ input: put(place, 'songs.csv', csvOf(COLLECTION)), folder });
  lyrec = await LyRec.open(folder);
});
afterAll(async () => {
  await lyrec.close();
  rmSync(place, { recursive: true });
});

const ids = ({ matches }: Answer) => matches.map(({ song }) => song.id);
const sorted = (answer: Answer) => ids(answer).sort((a, b) => a - b);

describe('filters', () => {
  it.each([
    ['a number at least', ['Year>=1999'], [2, 3, 5]],
    ['a number below, columns in any case', ['year < 2000'], [1, 2]],
    ['a number equal', ['year = 1999.0'], [2]],
    ['a text equal, in any case', ['genre=FOLK'], [1, 2]],
    ['a text other', ['genre!=folk'], [3, 4, 5, 6]],
    ['a text within', ['genre~folk'], [1, 2, 6]],
    ['a date', ['released>1999-04-30', 'released<=2003-01-31'], [2, 3]],
    ['a column whose name every object knows', ['constructor=x'], [1]],
    ['LyRec’s own columns', ['artist=mona quist', 'title~ring'], [4]],
    ['a value with an operator in it', ['title=a=b'], []],
  ])('by %s: %j', async (_, where, expected) => {
    expect(sorted(await lyrec.describe(STORM, { where, fold: false }))).toEqual(expected);
  });

  it('never pass a song that has nothing in the column', async () => {
    const yes = sorted(await lyrec.describe(STORM, { where: ['popularity>=0'], fold: false }));
    const no = sorted(await lyrec.describe(STORM, { where: ['popularity<0'], fold: false }));
    expect([...yes, ...no]).toEqual([1, 2, 4, 5, 6]);
  });

  it('by artist, whatever the case, accents and punctuation', async () => {
    const options = { fold: false };
    expect(sorted(await lyrec.describe(STORM, { ...options, artists: ['bjork the beards'] }))).toEqual([7]);
    expect(sorted(await lyrec.describe(STORM, { ...options, artists: ['MONA QUIST', 'Neon Ferris'] }))).toEqual([
      3, 4, 5, 6,
    ]);
    expect(sorted(await lyrec.describe(STORM, { ...options, notArtists: ['mona quist', 'Harbour Lights'] }))).toEqual([
      5, 6, 7,
    ]);
  });

  it('by artists who are called by signs alone, or with blanks in other places', async () => {
    const rows = ['!!!', '???', 'R.E.M.', '', 'AC/DC'].map((artist, i) => ({ ...ROWS[i], artist }));
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const odd = await LyRec.open(folder);
    expect(ids(await odd.describe(STORM, { artists: ['!!!'] }))).toEqual([1]);
    expect(sorted(await odd.describe(STORM, { notArtists: ['!!!'] }))).toEqual([2, 3, 4, 5]);
    expect(sorted(await odd.describe(STORM, { artists: ['rem', 'ac dc'] }))).toEqual([3, 5]);
    expect(odd.songsNamed({ artist: 'REM', title: 'kitchen  light!' })).toEqual([3]);
    expect((await odd.like(['!!! - the pilot boat'])).query).toEqual({ like: [1] });
    await odd.close();
  });

  it('by popularity, and everything given must hold', async () => {
    expect(sorted(await lyrec.describe(STORM, { minPopularity: 50 }))).toEqual([2, 4, 5]);
    expect(sorted(await lyrec.describe(STORM, { minPopularity: 50, where: ['genre=pop'] }))).toEqual([4]);
  });

  it('leave the score of a song as it is', async () => {
    const all = await lyrec.describe(STORM, { fold: false });
    const some = await lyrec.describe(STORM, { where: ['genre=pop'], fold: false });
    for (const { song, score } of some.matches) {
      expect(score).toBeCloseTo(all.matches.find((match) => match.song.id === song.id)!.score, 6);
    }
  });

  it('that nothing passes give an empty answer that says so', async () => {
    expect(await lyrec.describe(STORM, { where: ['year>3000'] })).toMatchObject({ matches: [], passing: 0 });
    expect(await lyrec.describe(STORM)).toMatchObject({ passing: null });
  });

  it.each([
    [
      'an unknown column',
      'tempo>100',
      'There is no column "tempo". The columns are: artist, title, link, summary, Year, genre',
    ],
    ['an unknown operator', 'Year=>100', 'There is no operator =>.'],
    ['no operator', 'Year', '"Year" is not a condition.'],
    ['no column', '=1999', '"=1999" is not a condition.'],
  ])('with %s are refused', async (_, condition, message) => {
    await expect(lyrec.describe(STORM, { where: [condition] })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining(message),
    });
  });

  it('narrow every kind of question', async () => {
    const where = ['genre=folk'];
    expect(sorted(await lyrec.similarLyrics(ROWS[4]!.text, { where }))).toEqual([1, 2]);
    expect(sorted(await lyrec.both({ lyrics: ROWS[4]!.text, description: STORM }, { where }))).toEqual([1, 2]);
    expect(sorted(await lyrec.like([5], { where }))).toEqual([1, 2]);
  });
});

describe('popularity', () => {
  it('orders the songs found', async () => {
    const { matches } = await lyrec.describe(STORM, { sort: 'popularity' });
    expect(matches.map(({ song }) => song.id).slice(0, 5)).toEqual([5, 2, 4, 1, 6]);
    expect(matches.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('decides, if it weighs enough', async () => {
    expect(ids(await lyrec.describe(STORM, { popularity: 0 }))[0]).toBe(2);
    expect(ids(await lyrec.describe(STORM, { popularity: 100 }))[0]).toBe(5);
  });

  it('is refused where the collection does not tell it', async () => {
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(ROWS)), folder });
    const plain = await LyRec.open(folder);
    await expect(plain.describe(STORM, { sort: 'popularity' })).rejects.toThrow('no column that tells how popular');
    await plain.close();
  });
});

describe('the score', () => {
  it('is what its parts make up', async () => {
    const { matches } = await lyrec.similarLyrics('grandmother hums while bread is rising', { popularity: 0.2 });
    for (const { score, parts } of matches) {
      expect(parts.map(({ signal }) => signal)).toEqual(['lyrics by lyrec-static', 'wording of lyrics', 'popularity']);
      expect(parts.reduce((sum, { value, share }) => sum + value * share, 0)).toBeCloseTo(score, 6);
    }
  });

  it('is what its parts make up where only some songs have a summary', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => {
      const row = { ...ROWS[i % 6]!, song: `Song ${i}`, text: `${ROWS[i % 6]!.text}\nverse ${i}` };
      return i < 40 ? { ...row, summary: `It is about ${ROWS[i % 6]!.song}, number ${i}.` } : row;
    });
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const some = await LyRec.open(folder);
    const { matches } = await some.describe(`${STORM} "ropes are wet"`, { k: 60, fold: false });
    await some.close();
    for (const { score, song, parts } of matches) {
      expect(parts.reduce((sum, { value, share }) => sum + value * share, 0)).toBeCloseTo(score, 6);
      expect(parts.some(({ signal }) => signal === 'no summary')).toBe(song.id > 40);
    }
  });

  it('is the cosine alone with dense', async () => {
    const { matches } = await lyrec.similarLyrics('grandmother hums', { dense: true });
    expect(matches[0]?.parts).toEqual([{ signal: 'lyrics by lyrec-static', value: matches[0]?.score, share: 1 }]);
  });
});

describe('words in quotation marks', () => {
  it('come first where a song has them word for word', async () => {
    expect(ids(await lyrec.describe(STORM))[0]).toBe(2);
    const { matches } = await lyrec.describe(`${STORM}, with “the rent, wants MORE” in it`);
    expect(matches[0]).toMatchObject({
      song: { id: 6 },
      parts: expect.arrayContaining([{ signal: 'phrase', value: 1, share: 1 }]),
    });
    expect(matches[0]!.score).toBeGreaterThan(1 + matches[1]!.score - 0.5);
    expect(new Set(ids({ matches, query: {}, passing: null })).size).toBe(matches.length);
  });

  it('are looked for across line ends and at the end of a word only', async () => {
    expect(ids(await lyrec.similarLyrics('"drink"'))[0]).toBe(4);
    expect(ids(await lyrec.similarLyrics('"night is young dance with me"', { k: 1 }))).toEqual([5]);
    const { matches } = await lyrec.similarLyrics('"danc"');
    expect(matches.every(({ parts }) => parts.every(({ signal }) => signal !== 'phrase'))).toBe(true);
  });

  it('bring each song that has them once, however many songs have most of their letters', async () => {
    // The first 500 by popularity and the 500 nearest in meaning are others than the best by both.
    const texts = [ROWS[5]!.text, `${STORM} at sea`, `${STORM}\n${ROWS[0]!.text}`];
    const rows = [500, 500, 300].flatMap((count, group) =>
      Array.from({ length: count }, (_, i) => ({
        ...{ artist: 'X', song: `${group} ${i}`, popularity: [3, 1, 2][group] },
        text: `${texts[group]}\nrain on us, come on me${i === 7 && group !== 1 ? `\n${STORM}, rain on me` : ''}`,
      })),
    );
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const many = await LyRec.open(folder);
    const answer = await many.describe(`${STORM} "rain on me"`, { popularity: 1, k: 4, fold: false });
    const having = answer.matches.filter(({ parts }) => parts.some(({ signal }) => signal === 'phrase'));
    expect(having.map(({ song }) => song.id).sort((a, b) => a - b)).toEqual([8, 1008]);
    expect(new Set(ids(answer)).size).toBe(4);
    await many.close();
  });

  it('come first among the candidates of a question with both parts, and bring no others', async () => {
    const query = { lyrics: ROWS[0]!.text, description: `${STORM}, with "rent wants more"` };
    expect(ids(await lyrec.both(query))[0]).toBe(6);
    const near = sorted(await lyrec.similarLyrics(ROWS[0]!.text, { k: 3, fold: false }));
    expect(near).not.toContain(6);
    expect(sorted(await lyrec.both(query, { candidates: 3, fold: false }))).toEqual(near);
  });

  it('are not a phrase inside lyrics, where somebody is speaking', async () => {
    const { matches } = await lyrec.similarLyrics(`She said "the rent wants more"\n${ROWS[0]!.text}`);
    expect(matches[0]?.song.id).toBe(1);
  });
});

describe('songs with nearly the same lyrics', () => {
  it('are folded into the best of them', async () => {
    const { matches } = await lyrec.similarLyrics(ROWS[2]!.text);
    expect(matches[0]).toMatchObject({ song: { id: 3 }, also: [{ id: 7 }] });
    expect(matches.map(({ song }) => song.id)).not.toContain(7);
    expect(matches).toHaveLength(6);
  });

  it('are folded up to the 500th song', async () => {
    const words = ROWS.flatMap(({ text }) => text.split(/\s+/));
    const random = seededRandom(1);
    const rows = Array.from({ length: 510 }, (_, i) => ({
      ...{ artist: 'X', song: `${i}`, popularity: 600 - i },
      text: shuffled(words, random).slice(0, 12).join(' '),
    }));
    const twins = [rows[0]!, rows[509]!].map((row, i) => ({ ...row, popularity: i === 0 ? 599.5 : 0 }));
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf([...rows, ...twins])), folder });
    const many = await LyRec.open(folder);
    const { matches } = await many.describe(STORM, { popularity: 1000, k: 600 });
    expect(matches[0]).toMatchObject({ song: { id: 1 }, also: [{ id: 511 }] });
    expect(matches.slice(-2).map(({ song }) => song.id)).toEqual([510, 512]);
    await many.close();
  });

  it('are all shown when asked for', async () => {
    expect(ids(await lyrec.similarLyrics(ROWS[2]!.text, { fold: false })).slice(0, 2)).toEqual([3, 7]);
  });
});

describe('a diverse answer', () => {
  it('begins with the best song and does not go on with the same artist', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({
      ...ROWS[i < 24 ? 1 : i % 6],
      artist: i < 24 ? 'Harbour Lights' : `Artist ${i}`,
      text: `${ROWS[i < 24 ? 1 : i % 6]!.text}\n${ROWS[(i * 5) % 6]!.text}\n${i}`,
    }));
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const many = await LyRec.open(folder);
    const options = { k: 5, fold: false };
    const plain = await many.describe(STORM, options);
    const diverse = await many.describe(STORM, { ...options, diverse: true });
    expect(diverse.matches[0]?.song.id).toBe(plain.matches[0]?.song.id);
    const artists = (answer: Answer) => new Set(answer.matches.map(({ song }) => song.artist)).size;
    expect(artists(plain)).toBeLessThan(5);
    expect(artists(diverse)).toBe(5);
    await many.close();
  });
});

describe('an explained answer', () => {
  it('shows the lines that match best and where the words are', async () => {
    const { matches } = await lyrec.describe('praying in storms', { explain: true, k: 1 });
    const [line] = matches[0]?.lines ?? [];
    expect(line?.text).toBe('The storm took the mast and the storm took the wheel');
    expect(line?.words.map(([from, to]) => line.text.slice(from, to))).toEqual(['storm', 'storm']);
  });
});

describe('both, the description first', () => {
  it('never returns a song outside the nearest by description', async () => {
    const near = new Set(ids(await lyrec.describe(STORM, { k: 3, fold: false })));
    const found = await lyrec.both(
      { lyrics: ROWS[4]!.text, description: STORM },
      { candidates: 3, first: 'desc', fold: false },
    );
    expect(new Set(ids(found))).toEqual(near);
  });
});

describe('songs like songs', () => {
  it('never hold the given ones', async () => {
    expect(ids(await lyrec.like([1]))[0]).toBe(2);
    expect(sorted(await lyrec.like([1, 2], { but: [5], fold: false }))).toEqual([3, 4, 6, 7]);
  });

  it('keep away from the unwanted', async () => {
    // Song 7 is a cover of song 3.
    const like = ids(await lyrec.like([4], { fold: false }));
    const unlike = ids(await lyrec.like([4], { but: [3], fold: false }));
    expect(like.indexOf(7)).toBeLessThan(like.indexOf(5));
    expect(unlike.at(-1)).toBe(7);
    expect(unlike).not.toContain(3);
  });

  it.each([
    ['harbour lights - the pilot boat', 1],
    ['HARBOUR LIGHTS – The “Pilot” Boat!', 1],
    ['Payday', 6],
    [' 5 ', 5],
    ['Bjork the Beards: Kitchen Light live', 7],
  ])('are found by the name "%s"', async (name, id) => {
    expect((await lyrec.like([name])).query).toEqual({ like: [id] });
  });

  it('name the nearest songs to a misspelt one', async () => {
    await expect(lyrec.like(['Mona Quist - Kitchn Light'])).rejects.toMatchObject({
      code: 'song-unknown',
      hint: expect.stringContaining('#3 Mona Quist - Kitchen Light'),
    });
    await expect(lyrec.like([99])).rejects.toThrow('has no song 99');
  });

  it('say which, where several have a name', async () => {
    const folder = join(scratch(), 'index');
    const rows = [ROWS[0]!, { ...ROWS[1]!, song: 'The Pilot Boat', artist: 'Others' }];
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const twice = await LyRec.open(folder);
    await expect(twice.like(['the pilot boat'])).rejects.toMatchObject({ hint: expect.stringContaining('#2 Others') });
    await twice.close();
  });

  it('are compared by story only where there are summaries', async () => {
    await expect(lyrec.like([1], { by: 'story' })).rejects.toThrow('no summaries');
    const folder = join(scratch(), 'index');
    const about = ['ships', 'dancing at night in a club', 'ships', 'ships', 'a ship', ''];
    const rows = ROWS.map((row, i) => ({ ...row, summary: about[i] }));
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const told = await LyRec.open(folder);
    expect(ids(await told.like([1], { by: 'story', k: 3 })).sort()).toEqual([3, 4, 5]);
    expect(ids(await told.like([1], { by: 'both', fold: false })).sort()).toEqual([2, 3, 4, 5, 6]);
    await told.close();
  });
});

describe('a walk between songs', () => {
  it('goes from one to the other in as many jumps as asked, no song twice, the same every time', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      song: `Song ${i}`,
      artist: 'X',
      text: Array.from({ length: 6 }, (_, line) => ROWS[line < i / 10 ? 1 : 4]!.text.split('\n')[line % 4]).join(
        ` ${i}\n`,
      ),
    }));
    const folder = join(scratch(), 'index');
    await buildIndex({ input: put(scratch(), 'songs.csv', csvOf(rows)), folder });
    const many = await LyRec.open(folder);
    const { songs } = await many.path(1, 60, { steps: 4 });
    const walked = songs.map(({ song }) => song.id);
    expect(walked).toHaveLength(5);
    expect([walked[0], walked[4]]).toEqual([1, 60]);
    expect(new Set(walked).size).toBe(5);
    expect((await many.path(1, 60, { steps: 4 })).songs.map(({ song }) => song.id)).toEqual(walked);
    const jumps = songs.slice(1).map(({ score }) => score!);
    const direct = (await many.path(1, 60, { steps: 1 })).songs[1]!.score!;
    expect(Math.min(...jumps)).toBeGreaterThan(direct);
    await many.close();
  });

  it('cannot be longer than there are songs between, nor stand still', async () => {
    await expect(lyrec.path(1, 2, { steps: 50 })).rejects.toThrow('songs lie between');
    await expect(lyrec.path(1, 'the pilot boat')).rejects.toThrow('the same song');
    await expect(lyrec.path(1, 2, { steps: 0 })).rejects.toThrow('steps must be');
    await expect(lyrec.path(1, 2, { steps: 101 })).rejects.toThrow('at most 100 steps');
  });
});

describe('odd questions', () => {
  it.each([
    ['emoji among words', '🎸 a storm 🌊 at sea 👩‍👩‍👧'],
    ['right-to-left text', 'עוצמה storm مطر'],
    ['control characters', 'a\u0000 storm \u0007\u001b[31m at sea'],
    ['what looks like a query language', `storm" OR lyrics:* NEAR("x" -- '); DROP TABLE songs; (`],
    ['a lone quotation mark', 'the 7" single "'],
    ['a megabyte', 'a storm took the mast '.repeat(50_000)],
  ])('are answered: %s', async (_, text) => {
    expect((await lyrec.describe(text)).matches).toHaveLength(6);
    expect((await lyrec.similarLyrics(text)).matches).toHaveLength(6);
  });

  it.each(['🎸', '🌊 🌊'])('without a word are refused: %s', async (text) => {
    await expect(lyrec.describe(text)).rejects.toMatchObject({ code: 'words-unknown' });
  });

  it('in letters that the model does not know are answered by wording, and refused where only meaning is to count', async () => {
    const text = '\u{1680f}\u{16810} \u{16811}';
    expect((await lyrec.describe(text)).matches).toEqual([]);
    await expect(lyrec.describe(text, { dense: true })).rejects.toMatchObject({ code: 'words-unknown' });
  });

  it.each([{ popularity: -1 }, { popularity: Number.NaN }, { minPopularity: Number.NaN }])(
    '%j is refused',
    async (options) => {
      await expect(lyrec.describe(STORM, options)).rejects.toMatchObject({ code: 'bad-argument' });
    },
  );
});
