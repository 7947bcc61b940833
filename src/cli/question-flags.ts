/**
 * The flags of questions, and what they ask of the library.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AskOptions } from '../lyrec.js';
import type { IndexFlags } from './flags.js';

/** Flags that narrow an answer. */
export interface FilterFlags {
  readonly artist: readonly string[];
  readonly notArtist: readonly string[];
  readonly where: readonly string[];
  readonly minPopularity?: number;
}

/** Flags of every question. */
export interface QuestionFlags extends IndexFlags, FilterFlags {
  readonly top: number;
  readonly jsonl?: true;
  readonly full?: true;
  readonly quiet?: true;
  readonly explain?: true;
  readonly sort?: 'score' | 'popularity';
  readonly popularity?: number;
  readonly dense?: true;
  readonly diverse?: true;
  readonly fold: boolean;
}

/** Adds the flags that narrow an answer. */
export function filterFlags(command: Command): Command {
  return command
    .addOption(repeatable('--artist <name>', 'only songs by this artist; may be repeated'))
    .addOption(repeatable('--not-artist <name>', 'no songs by this artist; may be repeated'))
    .addOption(
      repeatable(
        '--where <condition>',
        'only songs for which a column says so: "year>=1970"; = != > >= < <= ~ (contains)',
      ),
    )
    .addOption(new Option('--min-popularity <n>', 'only songs at least this popular').argParser(anyNumber));
}

/** Adds the flags of every question about ranking. */
export function questionFlags(command: Command): Command {
  return filterFlags(command)
    .addOption(new Option('-k, --top <n>', 'how many songs').default(10).argParser(wholeNumber))
    .addOption(new Option('--sort <order>', 'the order of the songs found').choices(['score', 'popularity']))
    .addOption(
      new Option('--popularity <weight>', 'how much popularity counts beside the rest, which counts 1 to 2').argParser(
        weight,
      ),
    )
    .addOption(dense())
    .option('--diverse', 'keep one artist or one theme from filling the page')
    .option('--no-fold', 'show songs with nearly the same lyrics each for itself')
    .option('--explain', 'show what each score is made of, and the lines that match best')
    .addOption(jsonLines())
    .option('--full', 'with the whole lyrics')
    .option('-q, --quiet', 'no notes beside the answer');
}

/** A result a line. */
export function jsonLines(): Option {
  return new Option('--jsonl', 'print one JSON object a result').conflicts('json');
}

/** Adds the flags of a setting that is evaluated; `--compare` reads the same ones after an index folder. */
export function settings(command: Command): Command {
  return command
    .addOption(
      new Option('--search <method>', 'compare every song (exact) or walk the graph (hnsw)')
        .choices(['exact', 'hnsw'])
        .default('exact'),
    )
    .addOption(dense())
    .addOption(candidates())
    .addOption(first());
}

/** How many candidates a question with two parts has. */
export function candidates(): Option {
  return new Option(
    '--candidates <n>',
    'how many songs the first part of a question with both finds for the other to order',
  )
    .default(500)
    .argParser(wholeNumber);
}

/** Which part of a question with two finds the candidates. */
export function first(): Option {
  return new Option('--first <part>', 'which part finds the candidates').choices(['lyrics', 'desc']).default('lyrics');
}

function dense(): Option {
  return new Option('--dense', 'only the nearest vectors: no wording, no second field');
}

/** What the flags ask of the library. */
export function filtersOf({ artist, notArtist, where, minPopularity }: FilterFlags): AskOptions {
  return { artists: artist, notArtists: notArtist, where, minPopularity };
}

/** What the flags ask of the library. */
export function optionsOf(flags: QuestionFlags): AskOptions {
  const { top, sort, popularity, dense, diverse, fold, explain } = flags;
  return { ...filtersOf(flags), k: top, sort, popularity, dense, diverse, fold, explain };
}

/** Reads a whole number from 1. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It is not a whole number from 1.');
}

/** An option that may be given more than once; its value is the list. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([], 'none')
    .argParser((value: string, before: readonly string[]) => [...before, value]);
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is not a number.');
}

function weight(text: string): number {
  const value = anyNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('It is less than 0.');
}
