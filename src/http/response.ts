/**
 * What a server's answer means.
 * @module
 */
import { cleanLine } from '../clean-line.js';

/** An attempt that brought no answer. */
export interface ServerFailure {
  /** Whether asking again may help. */
  readonly again: boolean;
  readonly code: 'server-unreachable' | 'server-refused' | 'server-failed';
  /** The status of the answer, if there was one. */
  readonly status?: number;
  /** The end of a sentence: "The server … did not do what it was asked: <why>." */
  readonly why: string;
  /** How long the server wants us to wait, if it said so. */
  readonly waitMs?: number;
  readonly cause?: unknown;
}

// Longer than any helpful message, shorter than a screen.
const QUOTED = 200;

/** What an answer with a status of failure means. */
export function failureOf(status: number, text: string): ServerFailure {
  const said = messageIn(text);
  const why = `it answered ${status}${said ? `, "${said}"` : ''}`;
  if (status === 401 || status === 403) return { again: false, code: 'server-refused', status, why };
  return { again: status === 408 || status === 429 || status >= 500, code: 'server-failed', status, why };
}

/** The whole body as text; null if it is longer than `maxBytes`. */
export async function readLimited(response: Response, maxBytes: number): Promise<string | null> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The message of an error in JSON, as servers of this kind send it: `{"error": {"message": "…"}}` and its relatives. */
function messageIn(text: string): string | null {
  try {
    const body = JSON.parse(text) as { error?: { message?: unknown } | string; message?: unknown; detail?: unknown };
    const error = typeof body.error === 'object' ? body.error?.message : body.error;
    const said = [error, body.message, body.detail].find((value) => typeof value === 'string');
    return said === undefined ? null : clip(String(said));
  } catch {
    return null;
  }
}

function clip(text: string): string {
  const line = cleanLine(text).replace(/\.$/, '');
  return line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line;
}
