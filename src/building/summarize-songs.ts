/**
 * Asking a language model for the summaries that are missing, several at once, each kept the moment it is there.
 * @module
 */
import type { Catalog } from '../catalog/catalog.js';
import type { Tokens } from '../chat/chat-model.js';
import { throwIfInterrupted } from '../errors.js';
import { ServerError } from '../http/post-json.js';
import type { Song } from '../song.js';
import { factsIn, type Summarizer, type SummarizerChoice } from '../summarizing/summarizer.js';

/** Which songs to have summarized, and by whom. */
export interface SummarizingOptions extends SummarizerChoice {
  /** Songs in hand at once; what the model can do unless given. A local model takes one at a time. */
  readonly concurrency?: number;
  /** The most songs to have summarized, counting those that are; all unless given. */
  readonly limit?: number;
}

/** A song without a summary, and why. */
export interface FailedSong {
  readonly song_id: number;
  readonly artist: string;
  readonly title: string;
  readonly reason: string;
}

/** What came of it. */
export interface SummarizingReport {
  /** The writer's name. */
  readonly by: string;
  readonly written: number;
  /** Of those, the answers that something had to be taken off: a preamble, markdown, quoted lyrics. */
  readonly cleaned: number;
  /** Songs that were asked for twice because the first answer was no summary. */
  readonly asked_again: number;
  readonly failed: readonly FailedSong[];
  /** Songs that nobody was asked about any more, because the server had failed too often in a row. */
  readonly not_asked: number;
  readonly tokens: Tokens;
  readonly seconds: number;
}

/** How far it has come. */
export interface SummarizingProgress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly tokens: Tokens;
}

// So many failures of the server with nothing between them are not about songs.
const HOPELESS = 8;
// What servers answer when a request is wrong, as one with lyrics that are too long for them.
const ABOUT_A_SONG = [400, 413, 422];

/**
 * Of songs that came without a summary, those that a writer is to be asked about, in the order of asking: spread evenly over
 * the collection however it is sorted and however many are taken, so that the first hundred are in the first thousand.
 */
export function inOrderOfAsking(ids: readonly number[], limit = Number.POSITIVE_INFINITY): number[] {
  // Multiples of the golden ratio, cut to their fraction, fall evenly into [0, 1).
  const place = (id: number) => (id * ((Math.sqrt(5) - 1) / 2)) % 1;
  return [...ids].sort((a, b) => place(a) - place(b)).slice(0, limit);
}

/** Whether a song waits for its summary by a writer. */
export function isMissing(catalog: Catalog, summarizer: Summarizer, song: Song): boolean {
  return catalog.summaries.find(keyOf(summarizer, song)) === null;
}

/**
 * Has songs summarized. A song that fails is reported and asked about again by the next build.
 *
 * @param ids songs of the edition, in the order of asking; those that have their summary are passed over, those that failed
 *   before come last.
 * @throws LyrecError `server-refused` at once, `server-unreachable` or `server-failed` if a server that never wrote a summary only
 *   fails, `interrupted`; what was written is kept.
 */
export async function summarizeSongs(
  catalog: Catalog,
  edition: number,
  ids: readonly number[],
  summarizer: Summarizer,
  options: {
    readonly concurrency?: number | undefined;
    readonly onProgress?: (progress: SummarizingProgress) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<SummarizingReport> {
  const started = performance.now();
  const songOf = (id: number) => catalog.songs(edition, [id])[0]!;
  // Ids, not songs: a collection's lyrics need not fit into memory.
  const missing = ids.filter((id) => isMissing(catalog, summarizer, songOf(id)));
  const failedBefore = missing.filter((id) => catalog.summaries.hasFailed(keyOf(summarizer, songOf(id))));
  const last = new Set(failedBefore);
  const pending = [...missing.filter((id) => !last.has(id)), ...failedBefore];
  const failed: FailedSong[] = [];
  const tokens = { in: 0, out: 0 };
  let [written, cleaned, askedAgain, next, hopeless] = [0, 0, 0, 0, 0];
  const tell = () =>
    options.onProgress?.({ done: written + failed.length, total: pending.length, failed: failed.length, tokens });
  const fail = ({ id, artist, title }: Song, reason: string) => failed.push({ song_id: id, artist, title, reason });

  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const one = async (song: Song) => {
    const began = performance.now();
    const effort = (spent: Tokens) => ({
      tokensIn: spent.in,
      tokensOut: spent.out,
      seconds: (performance.now() - began) / 1000,
    });
    const key = keyOf(summarizer, song);
    // Two songs may say the same under one name; the second finds the first one's summary.
    if (catalog.summaries.find(key) !== null) {
      written++;
      return;
    }
    try {
      const outcome = await summarizer.summarize(song, { signal });
      hopeless = 0;
      tokens.in += outcome.tokens.in;
      tokens.out += outcome.tokens.out;
      if (outcome.asked === 2) askedAgain++;
      if ('failure' in outcome) {
        catalog.summaries.addFailure(key, summarizer.name, outcome.failure, effort(outcome.tokens));
        fail(song, outcome.failure);
      } else {
        catalog.summaries.add(key, summarizer.name, outcome.summary, effort(outcome.tokens));
        if (outcome.cleaned) cleaned++;
        written++;
      }
    } catch (error) {
      if (!isOfServer(error)) throw error;
      if (!isAboutSong(error) && ++hopeless >= HOPELESS && !catalog.summaries.meanEffort(summarizer.id)) throw error;
      catalog.summaries.addFailure(key, summarizer.name, error.message, effort({ in: 0, out: 0 }));
      fail(song, error.message);
    }
  };
  const worker = async () => {
    while (next < pending.length && hopeless < HOPELESS) {
      throwIfInterrupted(options.signal);
      await one(songOf(pending[next++]!));
      tell();
    }
  };
  tell();
  const workers = Math.min(options.concurrency ?? summarizer.parallel, summarizer.parallel === 1 ? 1 : 256);
  await catalog.durably(async () => {
    const running = Array.from({ length: workers }, worker);
    try {
      await Promise.all(running);
    } catch (error) {
      // What ended one worker ends all; the others stop asking before anything is closed.
      stop.abort();
      await Promise.allSettled(running);
      throw error;
    }
  });
  return {
    by: summarizer.name,
    written,
    cleaned,
    asked_again: askedAgain,
    failed,
    not_asked: pending.length - written - failed.length,
    tokens,
    seconds: (performance.now() - started) / 1000,
  };
}

/** What a song's summary by a writer is kept under. */
function keyOf({ id, prompt }: Summarizer, song: Song) {
  return { song, facts: factsIn(prompt, song), summarizer: id };
}

/** Whether the next song may still go well. */
function isOfServer(error: unknown): error is ServerError {
  return error instanceof ServerError && error.code !== 'server-refused';
}

function isAboutSong({ status }: ServerError): boolean {
  return status !== undefined && ABOUT_A_SONG.includes(status);
}
