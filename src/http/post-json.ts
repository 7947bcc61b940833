/**
 * JSON to a server and back, through whatever goes wrong on the way.
 *
 *     busy (429), failing (5xx), slow, gone ─► again, after 0.5, 1, 2, … s or what Retry-After says ─► one sentence
 *
 * @module
 */
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { backoffMs, pause, retryAfterMs } from './backoff.js';
import { failureOf, readLimited, type ServerFailure } from './response.js';

/** What a server did not do. */
export class ServerError extends LyrecError {
  /** The status it answered with; undefined without an answer. */
  readonly status: number | undefined;

  constructor(message: string, { code, hint, status, cause }: ServerErrorDetails) {
    super(code, message, { hint, cause });
    this.status = status;
  }
}

interface ServerErrorDetails {
  readonly code: ServerFailure['code'];
  readonly hint: string;
  readonly status: number | undefined;
  readonly cause: unknown;
}

/** How to post. */
export interface PostOptions {
  /** Sent as a bearer token; never part of a message. */
  readonly key?: string | undefined;
  /** How long one attempt may take, in milliseconds; 60,000 unless given. */
  readonly timeoutMs?: number;
  /** How often to try, the first time included; 5 unless given. */
  readonly attempts?: number;
  /** The longest answer that is read, in bytes; 64 MiB unless given. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;
const ATTEMPTS = 5;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Posts JSON and returns the JSON that comes back.
 *
 * @throws ServerError `server-unreachable` (no answer in time), `server-refused` (the key), `server-failed` (any other answer
 *   that is not JSON with a status of success); LyrecError `interrupted`.
 */
export async function postJson(url: string, body: unknown, options: PostOptions = {}): Promise<unknown> {
  const { key, attempts = ATTEMPTS, signal } = options;
  const payload = JSON.stringify(body);
  for (let attempt = 1; ; attempt++) {
    throwIfInterrupted(signal);
    const outcome = await attemptOnce(url, { method: 'POST', body: payload }, options);
    if ('json' in outcome) return outcome.json;
    throwIfInterrupted(signal);
    if (!outcome.again || attempt >= attempts) throw asError(url, key, outcome, attempt);
    await pause(outcome.waitMs ?? backoffMs(attempt), signal);
  }
}

/** Asks a server once for JSON, under the same rules and errors as `postJson`. */
export async function getJson(url: string, options: Omit<PostOptions, 'attempts'> = {}): Promise<unknown> {
  const outcome = await attemptOnce(url, { method: 'GET' }, options);
  if ('json' in outcome) return outcome.json;
  throwIfInterrupted(options.signal);
  throw asError(url, options.key, outcome, 1);
}

async function attemptOnce(
  url: string,
  { method, body }: { readonly method: string; readonly body?: string },
  { key, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, signal }: PostOptions,
): Promise<{ readonly json: unknown } | ServerFailure> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key && { authorization: `Bearer ${key}` }),
      },
      ...(body !== undefined && { body }),
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const text = await readLimited(response, maxBytes);
    if (text === null) return { again: false, code: 'server-failed', why: 'its answer is too long' };
    if (!response.ok) {
      const waitMs = retryAfterMs(response.headers.get('retry-after'));
      return { ...failureOf(response.status, text), ...(waitMs !== undefined && { waitMs }) };
    }
    return parse(text, response.headers.get('content-type'));
  } catch (cause) {
    if (timeout.aborted) {
      const why = `it did not answer within ${timeoutMs / 1000} s`;
      return { again: true, code: 'server-unreachable', why, cause };
    }
    return { again: true, code: 'server-unreachable', why: reasonOf(cause), cause };
  }
}

function parse(text: string, type: string | null): { readonly json: unknown } | ServerFailure {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch (cause) {
    const html = /^\s*</.test(text) || type?.includes('html');
    // Python writes NaN into what it calls JSON.
    const notNumbers = /[[,:]\s*-?(NaN|Infinity)\b/.test(text);
    const why = html
      ? 'it answered with a web page, not JSON'
      : notNumbers
        ? 'its answer holds values that are not numbers'
        : 'its answer is not JSON';
    return { again: false, code: 'server-failed', why, cause };
  }
}

/** What fetch hides in the cause of its "fetch failed". */
function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error ? (cause.cause as { code?: string; message?: string } | undefined) : undefined;
  const code = inner?.code;
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name is not known';
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'it broke off the connection';
  return inner?.message ?? (cause instanceof Error ? cause.message : String(cause));
}

const HINTS: Record<ServerFailure['code'], string> = {
  'server-unreachable': 'Check that it runs, and its address.',
  'server-refused':
    'Put its key into the environment variable LYREC_API_KEY (OPENAI_API_KEY is for api.openai.com alone).',
  'server-failed': 'Check its address, and that it knows the model.',
};

function asError(url: string, key: string | undefined, failure: ServerFailure, attempts: number): ServerError {
  const { host, pathname } = new URL(url);
  const often = attempts > 1 ? ` (asked ${attempts} times)` : '';
  // A server may quote the key it was sent.
  const why = key ? failure.why.replaceAll(key, '…') : failure.why;
  const verb = failure.code === 'server-unreachable' ? 'cannot be reached' : 'did not do what it was asked';
  return new ServerError(`The server ${host}${pathname} ${verb}: ${why}${often}.`, {
    code: failure.code,
    hint: HINTS[failure.code],
    status: failure.status,
    cause: failure.cause,
  });
}
