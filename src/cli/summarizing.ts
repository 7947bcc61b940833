/**
 * The part of `lyrec build` that asks a language model: its flags, its estimate and its report.
 * @module
 */
import type { BuildReport, SummarizingOptions } from '../building/builder.js';
import type { SummaryEstimate } from '../building/estimate.js';
import type { Tokens } from '../chat/chat-model.js';
import { LyrecError } from '../errors.js';
import { readText } from '../reading/open-input.js';
import { costOf, money, type Price } from './price.js';
import { duration, grouped } from './terminal.js';

/** Flags of `lyrec build` for summaries. */
export interface SummaryFlags {
  readonly llm?: string;
  readonly llmModel?: string;
  readonly prompt?: string;
  readonly concurrency?: number;
  readonly limit?: number;
  readonly price?: Price;
  readonly summaries?: string;
}

// Failed songs beyond these are counted, not listed.
const LISTED = 5;

/** Who is to write summaries, as the flags say; nobody without `--llm`. */
export async function summarizingOptions(flags: SummaryFlags): Promise<SummarizingOptions | undefined> {
  const { llm, llmModel: model, prompt, concurrency, limit } = flags;
  if (llm === undefined) {
    const stray = Object.entries({ 'llm-model': model, prompt, concurrency, limit, price: flags.price });
    const [first] = stray.find(([, value]) => value !== undefined) ?? [];
    if (first === undefined) return undefined;
    throw new LyrecError('bad-argument', `--${first} is for summaries by a language model, and none is named.`, {
      hint: 'Name it with --llm: an address such as http://localhost:11434/v1, a name on the hub, or a folder.',
    });
  }
  return {
    llm,
    ...(model !== undefined && { model }),
    ...(prompt !== undefined && { prompt: await readPrompt(prompt) }),
    ...(concurrency !== undefined && { concurrency }),
    ...(limit !== undefined && { limit }),
  };
}

/** The lines of the report on summaries. */
export function summariesAsText({ summarizing, imported, manifest }: BuildReport, price: Price | undefined): string[] {
  const lines: string[] = [];
  if (imported) {
    const strays = imported.unused ? `; ${grouped(imported.unused)} fit no song` : '';
    lines.push(`Took in ${grouped(imported.read - imported.unused)} of ${grouped(imported.read)} summaries${strays}.`);
  }
  if (summarizing) {
    const { by, written, cleaned, asked_again, failed, not_asked, tokens, seconds } = summarizing;
    const cost = price ? `, cost ${money(costOf(tokens, price))}` : '';
    const notes = [cleaned && `${grouped(cleaned)} cleaned`, asked_again && `${grouped(asked_again)} asked twice`];
    const remarks = notes.filter(Boolean).join(', ');
    lines.push(
      `${by} wrote ${grouped(written)} summaries${remarks && ` (${remarks})`} in ${duration(seconds)}: ${tokensInWords(tokens)}${cost}.`,
    );
    if (failed.length > 0) {
      lines.push(`No summary for ${grouped(failed.length)}; the next build with --llm asks again:`);
      for (const { song_id, artist, title, reason } of failed.slice(0, LISTED)) {
        lines.push(`  #${song_id} ${artist ? `${artist} – ` : ''}${title}: ${reason}`);
      }
      if (failed.length > LISTED) lines.push(`  … and ${grouped(failed.length - LISTED)} more (all with --json)`);
    }
    if (not_asked > 0) {
      lines.push(
        `Gave up after too many failures in a row: ${grouped(not_asked)} songs were not asked about; the next build does.`,
      );
    }
  }
  if (manifest.writers.length > 1) {
    lines.push(`Summaries: ${manifest.writers.map(({ name, songs }) => `${grouped(songs)} by ${name}`).join(', ')}.`);
  }
  return lines;
}

/** The report on summaries in JSON. */
export function summariesAsJson({ summarizing, imported }: BuildReport, price: Price | undefined): object {
  return {
    ...(imported && { imported }),
    ...(summarizing && {
      summarizing: { ...summarizing, ...(price && { cost: costOf(summarizing.tokens, price) }) },
    }),
  };
}

/** What `--dry-run` says. */
export function estimateAsText(estimate: SummaryEstimate, price: Price | undefined): string {
  const { by, songs, given, kept, to_ask, tokens, seconds, measured } = estimate;
  const lines = [`${grouped(songs)} songs, ${grouped(given)} with a summary of their own.`];
  if (by === null) {
    lines.push('No language model is named (--llm): nothing would be asked.');
  } else {
    const before = kept ? `; ${grouped(kept)} are written` : '';
    lines.push(`${by} would be asked for ${grouped(to_ask)} summaries${before}.`);
    if (to_ask > 0) {
      const basis = measured ? 'by what it took so far' : 'a guess: 1,000 tokens read and 40 written a second';
      const cost = price ? `, cost ${money(costOf(tokens, price))}` : '';
      lines.push(`About ${tokensInWords(tokens)}${cost}, ${duration(seconds)} (${basis}).`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function tokensInWords({ in: read, out }: Tokens): string {
  return `${grouped(read)} tokens read, ${grouped(out)} written`;
}

async function readPrompt(file: string): Promise<string> {
  const text = await readText(file);
  if (text.trim()) return text;
  throw new LyrecError('bad-argument', `The prompt in ${file} is empty.`, {
    hint: 'It says what to write; {lyrics}, {title}, {artist} and {metadata} are filled in.',
  });
}
