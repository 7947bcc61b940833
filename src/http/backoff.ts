/**
 * How long to wait before asking a server again.
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfInterrupted } from '../errors.js';

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * The pause after a failed attempt: twice as long each time, somewhere between half and all of it, so that many callers
 * do not come back at the same moment.
 *
 * @param attempt the one that failed, from 1.
 */
export function backoffMs(attempt: number): number {
  const whole = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS);
  return whole * (0.5 + Math.random() / 2);
}

/** What a Retry-After header says, seconds or a date, in milliseconds from now; never more than a minute. */
export function retryAfterMs(header: string | null): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 60_000) : undefined;
}

/** Waits, unless interrupted. @throws LyrecError `interrupted`. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    throwIfInterrupted(signal);
    throw error;
  }
}
