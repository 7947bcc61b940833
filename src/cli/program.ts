/**
 * The commands and their flags. What a command does is loaded when it runs, so that a question starts at once.
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { LyrecError } from '../errors.js';
import { VERSION } from '../version.js';
import { parsePrice } from './price.js';
import {
  candidates,
  filterFlags,
  first,
  jsonLines,
  questionFlags,
  repeatable,
  settings,
  wholeNumber,
} from './question-flags.js';

/** The whole command line. */
export function createProgram(): Command {
  const program = new Command('lyrec')
    .description('Finds songs by what they say: similar lyrics, a free description, or both.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .showHelpAfterError('       See: lyrec help')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`lyrec: ${asSentences(text)}`) })
    .addHelpText(
      'after',
      `
Examples:
  lyrec build songs.csv
  lyrec describe "a dreamy song about childhood memories"
  lyrec lyrics song.txt --top 5
  pbpaste | lyrec lyrics - --json
  lyrec both --lyrics song.txt --desc "upbeat, night-time energy"
  lyrec describe "songs to leave town by" --where "year>=1970" --not-artist Cher
  lyrec like "Artist - Title" --by story

Environment: LYREC_INDEX (the index folder), LYREC_CACHE (fetched models), LYREC_THREADS (of an encoder),
LYREC_API_KEY and LYREC_TIMEOUT (of a server, in seconds), LYREC_LLM and LYREC_LLM_MODEL (for --expand), NO_COLOR, LYREC_DEBUG=1 (stack traces).
Exit status: 0 answered, 1 failed, 2 bad usage, 130 interrupted.`,
    );

  inIndex(command(program, 'build <csv>'))
    .description('read a CSV of songs (- for standard input) and build an index, or bring it up to date')
    .option('--columns <names>', 'which column holds what: lyrics=text,title=song,artist=…,link=…,summary=…')
    .option(
      '--model <model>',
      'the embedding model: a name (lyrec models lists some), a folder, or the address of an embeddings server',
      'lyrec-static',
    )
    .option('--model-name <name>', 'what the embeddings server calls the model')
    .option('--query-prompt <text>', 'what an encoder reads before a description')
    .option('--passage-prompt <text>', 'what an encoder reads before lyrics and summaries')
    .option('--pooling <how>', 'how an encoder makes one vector of a text: mean, cls, last_token, model')
    .option('--dtype <precision>', 'which weights of an encoder: q8, fp32, fp16, …')
    .option('--lyrics-vectors <file>', 'vectors of the lyrics that --model made before: .npy, a row a song')
    .option('--summary-vectors <file>', 'the same of the summaries')
    .option('-q, --quiet', 'no progress')
    .option('--summaries <file>', 'take in summaries from a file such as lyrec export writes')
    // From the command line only: no build is to cost money because of a variable set for questions.
    .option('--llm <model>', 'who writes missing summaries: the address of a chat server, a model on the hub, a folder')
    .option('--llm-model <name>', 'what the server calls the model')
    .option('--prompt <file>', 'what to ask it, with {lyrics}, {title}, {artist}, {metadata}')
    .addOption(
      new Option('--concurrency <n>', 'songs asked about at once (4 for a server, else 1)').argParser(wholeNumber),
    )
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
    .addOption(candidates())
    .addOption(first())
    .action(async (flags) => (await import('./questions.js')).both(flags));

  likeness(question(command(program, 'like <songs...>')))
    .description('songs like these, given by number or as "Artist - Title"')
    .addOption(repeatable('--but <song>', 'and unlike this one; may be repeated'))
    .action(async (songs, flags) => (await import('./questions.js')).like(songs, flags));

  likeness(filterFlags(inIndex(command(program, 'path <from> <to>'))))
    .description('a playlist from one song to another, in jumps as small as can be')
    .addOption(new Option('--steps <n>', 'how many jumps, at most 100').default(6).argParser(wholeNumber))
    .addOption(jsonLines())
    .action(async (from, to, flags) => (await import('./path.js')).path(from, to, flags));

  // Its answers are JSON whatever the flags.
  command(program, 'batch <questions>')
    .addOption(indexFolder())
    .description('answer a file of questions, one JSON object a line (- for standard input), in order')
    .action(async (file, flags) => (await import('./batch.js')).batch(file, flags));

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

  settings(inIndex(command(program, 'eval [requests]')))
    .description('how well the index answers requests whose song is known (JSONL; - for standard input)')
    .addOption(new Option('--self <n>', 'ask for n songs by an excerpt of each instead').argParser(wholeNumber))
    .option('--compare <sides...>', 'two indexes side by side, each with flags of its own: A "B --candidates 100"')
    .addOption(
      new Option('-k, --top <n>', 'how many songs of each answer are looked at').default(50).argParser(wholeNumber),
    )
    .option('-q, --quiet', 'no progress')
    .action(async (requests, flags) => (await import('./eval.js')).evaluation(requests, flags));

  inIndex(command(program, 'tune [pairs]'))
    .description('teach the static model by descriptions of songs (JSONL), or by the summaries of an index')
    .option('--songs <csv...>', 'the songs that are described, where they are in no index')
    .option('--model <model>', 'the static model to start from', 'lyrec-static')
    .option('--teacher <model>', 'an encoder whose view of the songs is learned too, such as lyrec-encoder')
    .option('--out <dir>', 'the model folder to write', 'tuned-model')
    .addOption(new Option('--held-out <n>', 'songs held out to measure with (a tenth)').argParser(wholeNumber))
    .addOption(new Option('--runs <n>', 'runs that differ in seed, averaged (4)').argParser(wholeNumber))
    .addOption(new Option('--passes <n>', 'how often each song is seen at most (16)').argParser(wholeNumber))
    .addOption(new Option('--seed <n>', 'the same seed gives the same model (1)').argParser(wholeNumber))
    .option('-q, --quiet', 'no progress')
    .action(async (pairs, flags) => (await import('./tune.js')).tune(pairs, flags));

  const models = command(program, 'models')
    .description('the embedding models that are known, and which of them are on this machine')
    .helpCommand(true)
    .option('--json', 'print one JSON object')
    .action(async (flags) => (await import('./models.js')).models(flags));
  command(models, 'pull <name>')
    .description('fetch a model of the hub')
    .option('--dtype <precision>', 'which weights: q8, fp32, fp16, …')
    .option('-q, --quiet', 'no progress')
    .action(async (name, flags) => (await import('./models.js')).pull(name, flags));

  command(program, 'help [command...]')
    .description('print the help of a command')
    .action((names: readonly string[]) => helpOf(program, names));

  return program;
}

function command(program: Command, name: string): Command {
  const made = program.command(name).allowExcessArguments(false);
  return made.showHelpAfterError(
    `       See: ${program.name() === 'lyrec' ? 'lyrec help' : `lyrec help ${program.name()}`} ${made.name()}`,
  );
}

/** Prints the help of a command, or of a command of a command. */
function helpOf(program: Command, names: readonly string[]): void {
  let found = program;
  for (const name of names) {
    const next = found.commands.find((command) => command.name() === name);
    if (!next)
      throw new LyrecError('bad-argument', `There is no command "${names.join(' ')}".`, { hint: 'See: lyrec help' });
    found = next;
  }
  found.help();
}

/** What commander says of a mistake, as the rest of the program speaks: sentences, and what it has to suggest below. */
function asSentences(text: string): string {
  const [first = '', ...more] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replaceAll("'", '"');
  const suggested = more.map((line) => `       ${line.replace(/^\((.*)\)$/, '$1')}`);
  return [/[.?!]$/.test(sentence) ? sentence : `${sentence}.`, ...suggested, ''].join('\n');
}

function inIndex(command: Command): Command {
  return command.addOption(indexFolder()).option('--json', 'print one JSON object');
}

function indexFolder(): Option {
  return new Option('--index <dir>', 'the index folder').default('indexes').env('LYREC_INDEX').argParser(folderName);
}

function folderName(text: string): string {
  if (text.trim()) return text;
  throw new InvalidArgumentError('It names no folder.');
}

function likeness(command: Command): Command {
  return command.addOption(
    new Option('--by <what>', 'what about the songs is compared').choices(['lyrics', 'story', 'both']).default('both'),
  );
}

function question(command: Command): Command {
  return questionFlags(inIndex(command));
}

function expandable(command: Command): Command {
  // The variables only say who would expand: not every question is to be expanded because they are set.
  return command
    .option('--expand', 'let a language model rewrite the description into a full one first')
    .addOption(
      new Option(
        '--llm <model>',
        'the language model that expands, implies --expand (env: LYREC_LLM); else the one that wrote the summaries',
      ).implies({ expand: true }),
    )
    .addOption(
      new Option(
        '--llm-model <name>',
        'what the server calls the model, implies --expand (env: LYREC_LLM_MODEL)',
      ).implies({
        expand: true,
      }),
    );
}
