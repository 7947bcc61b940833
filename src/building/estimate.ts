/**
 * What having a collection summarized would take. Nothing is written and no model is asked.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../catalog/catalog.js';
import { estimateAll, type Tokens } from '../chat/chat-model.js';
import { CATALOG_FILE } from '../index-folder/index-folder.js';
import { openInput, readSongs } from '../reading/song-reader.js';
import { messagesFor, openSummarizer, type Summarizer } from '../summarizing/summarizer.js';
import { GivenSummaries } from '../summarizing/summary-file.js';
import type { BuildOptions } from './build-options.js';
import { inOrderOfAsking, isMissing } from './summarize-songs.js';

/** What a build would ask of a language model. */
export interface SummaryEstimate {
  /** The model's name; null where none was named. */
  readonly by: string | null;
  readonly songs: number;
  /** Songs that come with a summary. */
  readonly given: number;
  /** Songs whose summary by this model is kept from before. */
  readonly kept: number;
  /** Songs the model would be asked about. */
  readonly to_ask: number;
  readonly tokens: Tokens;
  readonly seconds: number;
  /** Whether tokens and time follow from summaries that this model has written, or from common experience. */
  readonly measured: boolean;
}

// What a summary of 150 words has.
const TOKENS_OUT = 190;
// A model of a few billion weights on one graphics card: tokens a second for one of several answers.
const READING = 1000;
const WRITING = 40;

/**
 * Estimates a build's summaries.
 *
 * @throws LyrecError as reading the collection and opening the summarizer do.
 */
export async function estimateSummaries(options: BuildOptions): Promise<SummaryEstimate> {
  const given = options.summaries === undefined ? null : await GivenSummaries.read(options.summaries);
  const summarizer = options.summarizing ? await openSummarizer(options.summarizing) : null;
  const file = join(options.folder, CATALOG_FILE);
  const catalog = existsSync(file) ? Catalog.read(file) : null;
  try {
    const unwritten = new Map<number, { missing: boolean; tokensIn: number }>();
    let songs = 0;
    for await (const row of readSongs(openInput(options.input), options.columns)) {
      if ('skipped' in row) continue;
      const { song } = row;
      songs++;
      if (song.summary !== null || given?.find(song)) continue;
      const missing = !(catalog && summarizer) || isMissing(catalog, summarizer, song);
      const messages = summarizer ? messagesFor(summarizer.prompt, song, song.lyrics) : [];
      unwritten.set(song.id, { missing, tokensIn: estimateAll(messages) });
    }
    const chosen = summarizer ? inOrderOfAsking([...unwritten.keys()], options.summarizing?.limit) : [];
    const asked = chosen.map((id) => unwritten.get(id)!).filter(({ missing }) => missing);
    const costs = effort(asked, summarizer, catalog, options.summarizing?.concurrency);
    const kept = chosen.length - asked.length;
    return { by: summarizer?.name ?? null, songs, given: songs - unwritten.size, kept, to_ask: asked.length, ...costs };
  } finally {
    catalog?.close();
    await summarizer?.close();
  }
}

function effort(
  asked: readonly { readonly tokensIn: number }[],
  summarizer: Summarizer | null,
  catalog: Catalog | null,
  concurrency: number | undefined,
): Pick<SummaryEstimate, 'tokens' | 'seconds' | 'measured'> {
  const mean = summarizer && catalog ? catalog.summaries.meanEffort(summarizer.id) : null;
  const tokens = {
    in: mean ? Math.round(asked.length * mean.tokensIn) : asked.reduce((sum, { tokensIn }) => sum + tokensIn, 0),
    out: Math.round(asked.length * (mean?.tokensOut ?? TOKENS_OUT)),
  };
  const oneByOne = mean ? asked.length * mean.seconds : tokens.in / READING + tokens.out / WRITING;
  const atOnce = Math.min(concurrency ?? summarizer?.parallel ?? 1, summarizer?.parallel === 1 ? 1 : 256);
  return { tokens, seconds: Math.round(oneByOne / atOnce), measured: mean !== null };
}
