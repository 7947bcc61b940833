/**
 * Ctrl-C.
 * @module
 */
import { EXIT } from '../errors.js';

/** A signal that says when the user, or the system, wants the program to end. A second Ctrl-C ends it at once. */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  const heard = () => {
    if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
    interrupt.abort();
  };
  // Listeners that stay: what the spinner uses to restore the cursor kills the process when nobody else listens.
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  return interrupt.signal;
}
