/**
 * The commands and their flags. What a command does is loaded when it runs, so that a question starts at once.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../version.js';
import { parsePrice } from './price.js';

/** Flags of every command. */
export interface IndexFlags {
  readonly index: string;
  readonly json?: true;
}

/** Flags of every question. */
export interface QuestionFlags extends IndexFlags {
  readonly top: number;
  readonly jsonl?: true;
  readonly full?: true;
}

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command('lyrec')
    .description('Finds songs by what they say: similar lyrics, a free description, or both.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`lyrec: ${text.replace(/^error: /, '')}`) })
    .addHelpText(
      'after',
      `
Examples:
  lyrec build songs.csv
  lyrec describe "a dreamy song about childhood memories"
  lyrec lyrics song.txt --top 5
  pbpaste | lyrec lyrics - --json
  lyrec both --lyrics song.txt --desc "upbeat, night-time energy"

Environment: LYREC_INDEX (the index folder), LYREC_LLM, LYREC_LLM_MODEL, LYREC_API_KEY (a server's key), NO_COLOR, LYREC_DEBUG=1 (stack traces).
Exit status: 0 answered, 1 failed, 2 bad usage, 130 interrupted.`,
    );

  inIndex(command(program, 'build <csv>'))
    .description('read a CSV of songs (- for standard input) and build an index, or bring it up to date')
    .option('--columns <names>', 'which column holds what: lyrics=text,title=song,artist=…,link=…,summary=…')
    .option('--model <model>', 'the embedding model: lyrec-static, or a folder in Model2Vec layout', 'lyrec-static')
    .option('-q, --quiet', 'no progress')
    .option('--summaries <file>', 'take in summaries from a file such as lyrec export writes')
    // From the command line only: no build is to cost money because of a variable set for questions.
    .option('--llm <model>', 'who writes missing summaries: the address of a chat server, a model on the hub, a folder')
    .option('--llm-model <name>', 'what the server calls the model')
    .option('--prompt <file>', 'what to ask it, with {lyrics}, {title}, {artist}, {metadata}')
    .addOption(new Option('--concurrency <n>', 'songs asked about at once').argParser(wholeNumber))
    .addOption(new Option('--limit <n>', 'have at most so many songs summarized, spread evenly').argParser(wholeNumber))
    .addOption(
      new Option('--price <in,out>', 'what a million tokens cost, read and written: shows the cost').argParser(
        parsePrice,
      ),
    )
    .option('--dry-run', 'say what the summaries would take, and do nothing')
    .action(async (csv, flags) => (await import('./build.js')).build(csv, flags));

  question(command(program, 'lyrics <file>'))
    .description('the songs with the most similar lyrics; - reads the lyrics from standard input')
    .action(async (file, flags) => (await import('./questions.js')).lyrics(file, flags));

  expandable(question(command(program, 'describe <text>')))
    .description('the songs that fit a free description')
    .action(async (text, flags) => (await import('./questions.js')).describe(text, flags));

  expandable(question(command(program, 'both')))
    .description('the songs with similar lyrics, in the order in which they fit a description')
    .requiredOption('--lyrics <file>', 'a file with lyrics, - for standard input')
    .requiredOption('--desc <text>', 'the description')
    .addOption(
      new Option('--candidates <n>', 'how many songs with similar lyrics are looked at')
        .default(500)
        .argParser(wholeNumber),
    )
    .action(async (flags) => (await import('./questions.js')).both(flags));

  inIndex(command(program, 'show'))
    .description('one song: artist, title, link, summary, lyrics')
    .argument('<song_id>', 'the number of its row in the CSV', wholeNumber)
    .action(async (id, flags) => (await import('./show.js')).show(id, flags));

  inIndex(command(program, 'export'))
    .description('write the summaries of an index to a file, for another build to take in')
    .requiredOption('--summaries <file>', 'a .csv or .jsonl, - for standard output')
    .addOption(new Option('--jsonl', 'JSON lines whatever the name').conflicts('json'))
    .action(async (flags) => (await import('./export.js')).exportSummaries(flags));

  inIndex(command(program, 'info'))
    .description('what is in the index, made with what, when, how large')
    .action(async (flags) => (await import('./info.js')).info(flags));

  return program;
}

function command(program: Command, name: string): Command {
  return program.command(name).allowExcessArguments(false);
}

function inIndex(command: Command): Command {
  return command
    .addOption(new Option('--index <dir>', 'the index folder').default('indexes').env('LYREC_INDEX'))
    .option('--json', 'print one JSON object');
}

function question(command: Command): Command {
  return inIndex(command)
    .addOption(new Option('-k, --top <n>', 'how many songs').default(10).argParser(wholeNumber))
    .addOption(new Option('--jsonl', 'print one JSON object a result').conflicts('json'))
    .option('--full', 'with the whole lyrics');
}

function expandable(command: Command): Command {
  return command
    .option('--expand', 'let a language model rewrite the description into a full one first')
    .addOption(
      new Option('--llm <model>', 'the language model for --expand; else the one that wrote the summaries').env(
        'LYREC_LLM',
      ),
    )
    .addOption(new Option('--llm-model <name>', 'what the server calls the model').env('LYREC_LLM_MODEL'));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`"${text}" is not a whole number from 1.`);
}
