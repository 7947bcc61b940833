/**
 * The program: runs a command, and says in one place what went wrong.
 * @module
 */
import { CommanderError } from 'commander';
import { EXIT, LyrecError } from '../errors.js';
import { createProgram } from './program.js';

/** Runs the program with the process's arguments and sets its exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    // Whoever reads our output may stop reading: that is their good right, not an error.
    process.exit(cause.code === 'EPIPE' ? EXIT.answered : report(unwritable(cause)));
  });
  // There is nobody left to tell.
  process.stderr.on('error', () => {});
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function unwritable(cause: NodeJS.ErrnoException): LyrecError {
  return cause.code === 'ENOSPC'
    ? new LyrecError('output-failed', 'The disk that the output goes to is full.', {
        hint: 'Make room, or send the output elsewhere; what was written so far is not all of it.',
        cause,
      })
    : new LyrecError('output-failed', `The output cannot be written (${cause.code ?? cause.message}).`, {
        hint: 'Send it elsewhere; what was written so far is not all of it.',
        cause,
      });
}

/** Writes an error to stderr and returns the exit status it stands for. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.answered : EXIT.usage;
  const known = error instanceof LyrecError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`lyrec: ${message}\n`);
  if (known && error.hint) process.stderr.write(`       ${error.hint}\n`);
  if (process.env.LYREC_DEBUG) process.stderr.write(`${error instanceof Error ? detailed(error) : ''}\n`);
  else if (!known) process.stderr.write('       LYREC_DEBUG=1 shows where this happened.\n');
  return known ? error.exitStatus : EXIT.failed;
}

function detailed(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${detailed(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
