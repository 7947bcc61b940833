/**
 * What an evaluation asks: an index folder, and how its questions are asked.
 * @module
 */
import { Command, CommanderError } from 'commander';
import { LyrecError } from '../errors.js';
import type { SettingFlags } from './flags.js';
import { settings } from './question-flags.js';

/** An index and the flags its questions are asked with. */
export interface Setting {
  /** As the user wrote it. */
  readonly label: string;
  readonly index: string;
  readonly flags: SettingFlags;
}

const HINT = 'Write --compare A B, each an index folder, in quotes with its flags: "indexes --candidates 100".';

/**
 * The two sides of `--compare`.
 *
 * @param shared the command's own flags, which hold for a side that does not say otherwise.
 * @throws LyrecError `bad-argument`.
 */
export function parseSides(sides: readonly string[], shared: SettingFlags): [Setting, Setting] {
  const [first, second, ...more] = sides;
  if (first === undefined || second === undefined || more.length > 0) {
    throw new LyrecError('bad-argument', `--compare takes two sides, not ${sides.length}.`, { hint: HINT });
  }
  return [parseSide(first, shared), parseSide(second, shared)];
}

function parseSide(label: string, shared: SettingFlags): Setting {
  const parser = settings(new Command('side').argument('<index>'))
    .allowExcessArguments(false)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const [name, value] of Object.entries(shared)) parser.setOptionValue(name, value);
  try {
    parser.parse(wordsOf(label), { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    const why = cause.message.replace(/^error: /, '').replace(/\.$/, '');
    throw new LyrecError('bad-argument', `"${label}" is not a side to compare: ${why}.`, { hint: HINT, cause });
  }
  return { label, index: parser.processedArgs[0] as string, flags: parser.opts<SettingFlags>() };
}

/** Splits at blanks, except inside quotes. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}
