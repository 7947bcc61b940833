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

/**
 * The key for a server, if the environment has one: `LYREC_API_KEY`, and for OpenAI itself else `OPENAI_API_KEY`. That one
 * lies in many environments for other programs, and the address may come from an index that somebody else built.
 */
export function apiKey(address: string): string | undefined {
  const { LYREC_API_KEY, OPENAI_API_KEY } = process.env;
  const isOpenAi = new URL(address).origin === 'https://api.openai.com';
  return LYREC_API_KEY || (isOpenAi && OPENAI_API_KEY) || undefined;
}

/** How long a server may take for one answer, in milliseconds: `LYREC_TIMEOUT` in seconds, else `usual` seconds. */
export function timeoutMs(usual: number): number {
  const seconds = Number(process.env.LYREC_TIMEOUT);
  return (seconds > 0 ? seconds : usual) * 1000;
}
