/**
 * Servers as users name them: an address on the command line, a key in the environment.
 * @module
 */
import { LyrecError } from '../errors.js';

/** Whether this is an address rather than a name or a folder. */
export function isServerAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * The address of an OpenAI-compatible server without the end that each question adds: `https://host:8080/v1`.
 *
 * @param ending what users may have copied along: `/embeddings`.
 * @throws LyrecError `bad-argument` for what is no address, or holds more than one: it is written into the index, so it
 *   must hold no secret.
 */
export function serverAddress(text: string, ending: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url) throw new LyrecError('bad-argument', `"${text}" is not the address of a server.`);
  if (url.username || url.password || url.search || url.hash) {
    throw new LyrecError('bad-argument', `The address of ${url.host} must hold no password, question mark or hash.`, {
      hint: 'Put a key into the environment variable LYREC_API_KEY.',
    });
  }
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path.endsWith(ending) ? path.slice(0, -ending.length) : path);
}

/** The key for servers, if the environment has one: `LYREC_API_KEY`, else `OPENAI_API_KEY`. */
export function apiKey(): string | undefined {
  return process.env.LYREC_API_KEY || process.env.OPENAI_API_KEY || undefined;
}
