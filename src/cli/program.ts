/**
 * The commands and their flags. What a command does is loaded when it runs, so that a question starts at once.
 * @module
 */
import { Command, Option } from 'commander';
import { VERSION } from '../version.js';
import { filterFlags, questionFlags, repeatable, wholeNumber } from './question-flags.js';

/** Flags of every command. */
export interface IndexFlags {
  readonly index: string;
  readonly json?: true;
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
  lyrec describe "songs to leave town by" --where "year>=1970" --not-artist Cher
  lyrec like "Artist - Title" --by story

Environment: LYREC_INDEX (the index folder), LYREC_CACHE (fetched models), LYREC_THREADS (of an encoder),
LYREC_API_KEY and LYREC_TIMEOUT (of a server, in seconds), NO_COLOR, LYREC_DEBUG=1 (stack traces).
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
    .action(async (csv, flags) => (await import('./build.js')).build(csv, flags));

  question(command(program, 'lyrics <file>'))
    .description('the songs with the most similar lyrics; - reads the lyrics from standard input')
    .action(async (file, flags) => (await import('./questions.js')).lyrics(file, flags));

  question(command(program, 'describe <text>'))
    .description('the songs that fit a free description')
    .action(async (text, flags) => (await import('./questions.js')).describe(text, flags));

  question(command(program, 'both'))
    .description('the songs with similar lyrics, in the order in which they fit a description')
    .requiredOption('--lyrics <file>', 'a file with lyrics, - for standard input')
    .requiredOption('--desc <text>', 'the description')
    .addOption(
      new Option('--candidates <n>', 'how many songs the first part finds for the other to order')
        .default(500)
        .argParser(wholeNumber),
    )
    .addOption(
      new Option('--first <part>', 'which part finds the candidates').choices(['lyrics', 'desc']).default('lyrics'),
    )
    .action(async (flags) => (await import('./questions.js')).both(flags));

  likeness(question(command(program, 'like <songs...>')))
    .description('songs like these, given by number or as "Artist - Title"')
    .addOption(repeatable('--but <song>', 'and unlike this one; may be repeated'))
    .action(async (songs, flags) => (await import('./questions.js')).like(songs, flags));

  likeness(filterFlags(inIndex(command(program, 'path <from> <to>'))))
    .description('a playlist from one song to another, in jumps as small as can be')
    .addOption(new Option('--steps <n>', 'how many jumps').default(6).argParser(wholeNumber))
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

  inIndex(command(program, 'info'))
    .description('what is in the index, made with what, when, how large')
    .action(async (flags) => (await import('./info.js')).info(flags));

  const models = command(program, 'models')
    .description('the embedding models that are known, and which of them are on this machine')
    .option('--json', 'print one JSON object')
    .action(async (flags) => (await import('./models.js')).models(flags));
  command(models, 'pull <name>')
    .description('fetch a model of the hub')
    .option('--dtype <precision>', 'which weights: q8, fp32, fp16, …')
    .option('-q, --quiet', 'no progress')
    .action(async (name, flags) => (await import('./models.js')).pull(name, flags));

  return program;
}

function command(program: Command, name: string): Command {
  return program.command(name).allowExcessArguments(false);
}

function inIndex(command: Command): Command {
  return command.addOption(indexFolder()).option('--json', 'print one JSON object');
}

function indexFolder(): Option {
  return new Option('--index <dir>', 'the index folder').default('indexes').env('LYREC_INDEX');
}

function likeness(command: Command): Command {
  return command.addOption(
    new Option('--by <what>', 'what about the songs is compared').choices(['lyrics', 'story', 'both']).default('both'),
  );
}

function question(command: Command): Command {
  return questionFlags(inIndex(command));
}
