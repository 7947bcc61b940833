/**
 * Ctrl-C.
 * @module
 */

/** A signal that says when the user, or the system, wants the program to end. A second Ctrl-C ends it at once. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  process.once('SIGTERM', () => interrupt.abort());
  return interrupt.signal;
}
