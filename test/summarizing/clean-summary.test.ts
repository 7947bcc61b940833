import { describe, expect, it } from 'vitest';
import { cleanSummary } from '../../src/summarizing/clean-summary.js';
import { DEFAULT_PROMPT } from '../../src/summarizing/prompt.js';

const GOOD =
  'The narrator watches a ferry leave the harbour and understands that nobody will come back. Grief slowly turns into calm as the lights go out one by one.';
const LYRICS =
  'The ferry leaves at half past nine and I am standing in the rain\nNobody waves, nobody calls, the harbour lights go out again\nAnd I will wait until the spring has brought the swallows home\nAnd I will never never never be alone';

const clean = (answer: string, asked: { cut?: boolean; instructions?: string } = {}) =>
  cleanSummary(answer, { lyrics: LYRICS, ...asked });

describe('an answer that is a summary', () => {
  it('is kept as it is', () => {
    expect(clean(GOOD)).toEqual({ summary: GOOD, changed: false });
  });

  it.each([
    ['a preamble', `Here is a summary of the song:\n\n${GOOD}`],
    ['a cheerful preamble', `Sure! Here's a concise summary of the lyrics in 150 words:\n${GOOD}`],
    ['a courtesy', `Certainly, I can do that. ${GOOD}`],
    ['a heading', `## Summary\n\n${GOOD}`],
    ['a bold heading', `**Song Summary:**\n${GOOD}`],
    ['a label', `Summary: ${GOOD}`],
    ['the song’s name before it', `Title: The Ferry\nArtist: Nobody\nDescription: ${GOOD}`],
    ['quotation marks around it', `"${GOOD}"`],
    ['bold and italics', GOOD.replace('narrator', '**narrator**').replace('Grief', '*Grief*')],
    ['a code fence', `\`\`\`text\n${GOOD}\n\`\`\``],
    ['a farewell', `${GOOD}\n\nI hope this helps! Let me know if you want changes.`],
    ['a word count', `${GOOD} (Word count: 28)`],
    ['its thoughts', `<think>The user wants a summary. Ferry, rain.</think>\n\n${GOOD}`],
    ['the end of its thoughts', `Ferry, rain.</think>${GOOD}`],
    ['tokens of its template', `${GOOD}<|im_end|>`],
    ['bullets', `- ${GOOD.split('. ').join('.\n- ')}`],
    ['a terminal’s escape codes', `\u001b[2J${GOOD}\u0007\u202e`],
    ['a sentence said twice', `${GOOD} ${GOOD}`],
  ])('loses %s', (_, answer) => {
    const cleaned = clean(answer);
    expect(cleaned).toHaveProperty('changed', true);
    expect('summary' in cleaned && cleaned.summary).toBe(GOOD);
  });

  it('loses a sentence that quotes the song, and keeps the rest', () => {
    const quoting = `${GOOD} "The ferry leaves at half past nine and I am standing in the rain." It ends in spring.`;
    expect(clean(quoting)).toEqual({ summary: `${GOOD} It ends in spring.`, changed: true });
  });

  it('loses a last sentence that was cut off', () => {
    expect(clean(`${GOOD} In the last verse the narrator begins to`, { cut: true })).toEqual({
      summary: GOOD,
      changed: true,
    });
  });

  it('is shortened to whole sentences where it goes on and on', () => {
    const names = 'ash birch cedar elm fir hazel larch maple oak pine rowan spruce willow yew'.split(' ');
    const long = names.map(
      (name, i) =>
        `Under the ${name} tree number ${i} somebody else (${name}y) waits and weeps over things that ${name}s never knew.`,
    );
    const cleaned = clean(long.join(' '));
    if (!('summary' in cleaned)) throw new Error(cleaned.unusable);
    expect(cleaned.summary).toBe(long.slice(0, 10).join(' '));
  });

  it('may speak of being sorry, of markup and of other scripts', () => {
    const sorry = 'A man says he is sorry to the woman he left, and finds at last that she has forgiven him long ago.';
    expect(clean(sorry)).toEqual({ summary: sorry, changed: false });
    const japanese = `${GOOD} The refrain 「雨が降る」 returns at the end.`;
    expect(clean(japanese)).toHaveProperty('summary', japanese);
  });
});

describe('an answer that is no summary', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['blanks', ' \n\t ', 'empty'],
    ['only thoughts', '<think>Hm, a ferry, what could it', 'empty'],
    ['a refusal', "I'm sorry, but I can't help with summarizing copyrighted lyrics.", 'a refusal'],
    [
      'a polite refusal',
      'As an AI language model, I cannot reproduce this. Please ask for something else instead.',
      'a refusal',
    ],
    ['a few words', 'A sad song.', 'too short'],
    ['one half sentence', 'The narrator watches a ferry leave the harbour and then all of a sudden', 'not prose'],
    ['the lyrics', LYRICS.replaceAll('\n', '. '), 'quotes the lyrics'],
    [
      'a few lines among its own words',
      `${LYRICS.replaceAll('\n', ' ')} It is a song that has been loved by many people for a long time, and the singer has always said that she would never stop to sing it as long as anybody came.`,
      'quotes the lyrics',
    ],
    ['a web page', '<html><body><h1>502 Bad Gateway</h1></body></html>', 'not prose'],
    ['JSON', '{"summary": "The narrator watches a ferry leave the harbour and never come back."}', 'not prose'],
    ['noise', '#$%& 0x93 <<>> ~~ 1234 @@ {} || 8888 ^^^ ;;; 0000 %%% --- ///', 'not prose'],
    ['its instructions', DEFAULT_PROMPT.instructions, 'repeats its instructions'],
    ['the same words for ever', `${'sad and lonely '.repeat(30)}.`, 'repeats itself'],
    ['the same sentences for ever', 'It is sad. He is gone. '.repeat(20), 'repeats itself'],
  ])('is refused when it is %s', (_, answer, unusable) => {
    expect(clean(answer, { instructions: DEFAULT_PROMPT.instructions })).toEqual({ unusable });
  });

  it('is refused when it was cut before the first sentence ended', () => {
    expect(clean('The narrator watches a ferry leave', { cut: true })).toEqual({ unusable: 'cut off' });
  });

  it('is refused quickly however long it is', () => {
    const started = performance.now();
    expect(clean('la '.repeat(4_000_000))).toHaveProperty('unusable');
    expect(clean('('.repeat(4_000_000))).toHaveProperty('unusable');
    expect(clean('"a" . '.repeat(1_000_000))).toHaveProperty('unusable');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
