/**
 * Files of one JSON object a line.
 * @module
 */
import { LyrecError } from '../errors.js';
import type { Input } from './open-input.js';

/** The fields of an object as they came: nothing is known of their values. */
export type Fields = Readonly<Record<string, unknown>>;

/** A line that holds an object. */
export interface JsonRecord {
  /** From 1. */
  readonly line: number;
  readonly fields: Fields;
  /** The error for this line; `what` completes the sentence "songs.jsonl, line 3, …". */
  wrong(what: string, cause?: unknown): LyrecError;
}

/**
 * The objects of a file; empty lines are passed over.
 *
 * @param hint what a line should look like.
 * @throws LyrecError `input-malformed`, naming the line, and as reading the input does.
 */
export async function* readJsonLines(input: Input, hint: string): AsyncGenerator<JsonRecord> {
  const name = input.name === 'standard input' ? 'Standard input' : input.name;
  for await (const { line, text } of readLines(input)) {
    const wrong = (what: string, cause?: unknown) =>
      new LyrecError('input-malformed', `${name}, line ${line}, ${what}.`, { hint, cause });
    const parsed = parseObject(text);
    if ('wrong' in parsed) throw wrong(parsed.wrong, parsed.cause);
    yield { line, fields: parsed.fields, wrong };
  }
}

/** The lines of a file that are not empty, without their ends, each in memory only until the next. */
export async function* readLines({ text }: Input): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  let line = 0;
  // Joined once it has ended: a line may come in many pieces.
  let rest: string[] = [];
  for await (const piece of text) {
    const [end = '', ...starts] = piece.split('\n');
    rest.push(end);
    for (const start of starts) {
      line++;
      const whole = rest.join('');
      if (whole.trim()) yield { line, text: whole };
      rest = [start];
    }
  }
  const last = rest.join('');
  if (last.trim()) yield { line: line + 1, text: last };
}

/** The object that a line holds, or what is wrong with the line. */
export function parseObject(
  text: string,
): { readonly fields: Fields } | { readonly wrong: string; readonly cause?: unknown } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    return { wrong: 'is not JSON', cause };
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { fields: json as Fields };
  return { wrong: 'is not a JSON object' };
}
