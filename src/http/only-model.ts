/**
 * The model of a server that runs one.
 * @module
 */
import { LyrecError } from '../errors.js';
import { getJson, type PostOptions, ServerError } from './post-json.js';

// More names do not fit on a screen.
const LISTED = 10;

/**
 * Asks a server for its only model's name.
 *
 * @param flag with what a user names a model of several: `--model-name`.
 * @throws ServerError if it cannot be reached or refuses the key; LyrecError `bad-argument` unless it tells of exactly one.
 */
export async function onlyModel(
  address: string,
  { flag, ...options }: Pick<PostOptions, 'key' | 'timeoutMs' | 'signal'> & { readonly flag: string },
): Promise<string> {
  const answer = (await getJson(`${address}/models`, options).catch((error: unknown) => {
    // Not every server has such a list.
    if (error instanceof ServerError && error.code === 'server-failed') return null;
    throw error;
  })) as { data?: unknown } | null;
  const models: unknown[] = Array.isArray(answer?.data) ? answer.data : [];
  const names = models.flatMap((model) => {
    const { id } = (model ?? {}) as { id?: unknown };
    return typeof id === 'string' ? [id] : [];
  });
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  throw new LyrecError('bad-argument', `Which model of ${new URL(address).host} is meant?`, {
    hint: `Name it with ${flag}${names.length > 0 ? `: it has ${names.slice(0, LISTED).join(', ')}` : ''}.`,
  });
}
