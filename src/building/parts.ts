/**
 * What a build works with, opened together and closed together.
 * @module
 */
import { DEFAULT_MODEL, type DownloadOptions, type Embedder, openEmbedders } from '../embedding/embedder.js';
import { choiceOfImported } from '../embedding/imported/imported-vectors.js';
import { LyrecError } from '../errors.js';
import { type Input, openInput } from '../reading/song-reader.js';
import { openSummarizer, type Summarizer } from '../summarizing/summarizer.js';
import { GivenSummaries } from '../summarizing/summary-file.js';
import type { BuildOptions } from './build-options.js';
import { openVectors, type VectorImport } from './import-vectors.js';

/** The inputs and the models of a build. Whoever opens them closes them. */
export interface Parts {
  readonly input: Input;
  readonly embedders: readonly Embedder[];
  readonly summarizer: Summarizer | null;
  readonly given: GivenSummaries | null;
  readonly vectors: VectorImport | null;
  close(): Promise<void>;
}

/** Opens what the options name; nothing stays open if a part of it fails. @throws LyrecError as opening each of them does. */
export async function openParts(options: BuildOptions): Promise<Parts> {
  const input = openInput(options.input);
  const given = options.summaries === undefined ? null : await GivenSummaries.read(options.summaries);
  const opened: { close(): void | Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(opened.map((part) => part.close()));
  };
  try {
    const summarizer = options.summarizing ? await openSummarizer(options.summarizing, downloadOf(options)) : null;
    if (summarizer) opened.push(summarizer);
    const vectors = options.vectors ? await openVectors(options.vectors) : null;
    if (vectors) opened.push(vectors);
    const embedders = await openModels(options, vectors);
    opened.push(...embedders);
    return { input, embedders, summarizer, given, vectors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The models of a build; one of the hub may be fetched. */
async function openModels(options: BuildOptions, vectors: VectorImport | null): Promise<Embedder[]> {
  const { model } = options;
  const download = downloadOf(options);
  if (!vectors) return openEmbedders(model, download);
  if (model && model.model !== DEFAULT_MODEL) return openEmbedders(choiceOfImported(model, vectors), download);
  throw new LyrecError('bad-argument', 'Vectors need the name of the model that made them.', {
    hint: 'Name it with --model: questions are read by the same model.',
  });
}

function downloadOf({ onProgress, signal }: BuildOptions): DownloadOptions {
  return { signal, onDownload: (progress) => onProgress?.({ stage: 'downloading', unit: 'bytes', ...progress }) };
}
