/**
 * Errors a user can act on.
 * @module
 */

/** Exit statuses of the program; also carried by errors so that there is one list of them. */
export const EXIT = { answered: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Stable names of what can go wrong, for programs that use the library. */
export type ErrorCode =
  | 'bad-argument'
  | 'words-unknown'
  | 'input-missing'
  | 'input-not-text'
  | 'input-empty'
  | 'input-malformed'
  | 'column-missing'
  | 'no-songs'
  | 'index-missing'
  | 'index-unfinished'
  | 'index-version'
  | 'index-damaged'
  | 'index-busy'
  | 'index-closed'
  | 'model-missing'
  | 'model-damaged'
  | 'model-mismatch'
  | 'runtime-missing'
  | 'hub-unreachable'
  | 'server-unreachable'
  | 'server-refused'
  | 'server-failed'
  | 'llm-missing'
  | 'llm-failed'
  | 'song-unknown'
  | 'output-failed'
  | 'too-few-pairs'
  | 'interrupted';

/**
 * An error to show as one sentence: what is wrong, with what, and (in `hint`) what to do next.
 */
export class LyrecError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly exitStatus: number;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'LyrecError';
    this.code = code;
    this.hint = options.hint;
    this.exitStatus = exitStatusOf(code);
  }
}

function exitStatusOf(code: ErrorCode): number {
  if (code === 'bad-argument' || code === 'words-unknown') return EXIT.usage;
  return code === 'interrupted' ? EXIT.interrupted : EXIT.failed;
}

/** Throws the error for an interrupted run if the signal says so. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LyrecError('interrupted', 'Interrupted; what was finished is kept.');
}
