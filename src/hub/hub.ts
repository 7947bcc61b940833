/**
 * Fetching a model of the Hugging Face hub into the cache, as the folder that it would be after a download by hand.
 *
 * The hub's own variables are heeded: `HF_ENDPOINT` (another address of it) and `HF_TOKEN` (for models that ask for consent).
 *
 * @module
 */
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { nearestNames } from '../embedding/known-models.js';
import { LyrecError, throwIfInterrupted } from '../errors.js';
import { makeFolder } from '../make-folder.js';
import { hubFolder } from './cache-folder.js';
import { chooseDtype, parseDtype, weightsFile } from './dtype.js';

/** How a model may be fetched that is not on this machine. */
export interface DownloadOptions {
  /** Called with the bytes fetched so far, and how many there are where that is known. */
  readonly onDownload?: ((progress: { model: string; done: number; total: number | null }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a model is for; it decides which of its weights are taken. */
export type ModelUse = 'encoder' | 'chat';

/** Which files of a model are wanted, and whether they may be fetched. */
export interface BringOptions {
  /** What the hub says that the model is for unless given. */
  readonly use?: ModelUse;
  /** The precision of the weights; what suits the use unless given. */
  readonly dtype?: string | undefined;
  /** Given where the model may be fetched; otherwise it must be on this machine. */
  readonly download?: DownloadOptions | undefined;
}

interface HubModel {
  readonly pipeline_tag?: string;
  readonly siblings?: readonly HubFile[];
}

interface HubFile {
  readonly rfilename: string;
  readonly size?: number;
}

// A language model writes as fast as its weights come out of memory: the smallest that still writes well.
const RECOMMENDED = { encoder: undefined, chat: 'q4' } as const;

// What settings are read from, and what the tokenizer needs. config.json comes last: a folder with it is complete.
const SMALL_FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  '1_Pooling/config.json',
  'modules.json',
  'config_sentence_transformers.json',
  'sentence_bert_config.json',
  'generation_config.json',
];

/**
 * The folder of a model of the hub, with weights of the precision asked for.
 *
 * @throws LyrecError `model-missing` if it is not there and may not be fetched, and as `fetchModel` does.
 */
export async function bringModel(name: string, { download, ...wanted }: BringOptions): Promise<string> {
  const folder = hubFolder(name);
  const { dtype } = wanted;
  const needed = ['config.json', ...(dtype === undefined ? [] : [weightsFile(parseDtype(dtype))])];
  if (needed.every((file) => existsSync(join(folder, file)))) return folder;
  if (download) return fetchModel(name, { ...wanted, ...download });
  throw new LyrecError('model-missing', `The model ${name} is not on this machine.`, {
    hint: `Fetch it with: lyrec models pull ${name}`,
  });
}

/**
 * Fetches a model; files that are there already are not fetched again.
 *
 * @returns its folder in the cache.
 * @throws LyrecError `hub-unreachable`; `model-missing` if the hub has no such model or it has no ONNX weights; `interrupted`.
 */
async function fetchModel(
  name: string,
  { use, dtype, onDownload, signal }: Omit<BringOptions, 'download'> & DownloadOptions,
): Promise<string> {
  const folder = hubFolder(name);
  const answer = await ask(`/api/models/${name}?blobs=true`, name, signal);
  const info = (await answer.json()) as HubModel;
  const there = new Map(info.siblings?.map((file) => [file.rfilename, file]));
  if (!there.has('config.json')) throw noModel(name);
  const recommended = RECOMMENDED[use ?? (info.pipeline_tag === 'text-generation' ? 'chat' : 'encoder')];
  const weights = weightsFile(chooseDtype((file) => there.has(file), dtype, recommended, name));
  // Weights over 2 GB lie beside their graph. A hub is not to name files elsewhere.
  const data = [...there.keys()].filter(
    (file) => file.startsWith(weights) && /^_data(_\d+)?$/.test(file.slice(weights.length)),
  );
  const wanted = [...SMALL_FILES.filter((file) => there.has(file)), weights, ...data, 'config.json'];
  const missing = wanted.filter((file) => !existsSync(join(folder, file)));
  const total = missing.reduce((sum, file) => sum + (there.get(file)?.size ?? 0), 0);
  let done = 0;
  for (const file of missing) {
    await fetchFile(name, there.get(file)!, join(folder, file), signal, (bytes) => {
      done += bytes;
      onDownload?.({ model: name, done, total: total >= done ? total : null });
    });
  }
  return folder;
}

/** Fetches one file; what an earlier attempt got of it is not fetched again. */
async function fetchFile(
  name: string,
  { rfilename: file, size }: HubFile,
  target: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const part = `${target}.part`;
  makeFolder(dirname(target));
  const had = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const from = size !== undefined && had < size ? had : 0;
  const response = await ask(
    `/${name}/resolve/main/${file}`,
    name,
    signal,
    from > 0 ? { range: `bytes=${from}-` } : {},
  );
  const continued = response.status === 206;
  if (continued) onBytes(from);
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      onBytes(chunk.length);
      yield chunk;
    }
  }
  try {
    await pipeline(Readable.from(counted()), createWriteStream(part, { flags: continued ? 'a' : 'w' }));
  } catch (cause) {
    throwIfInterrupted(signal);
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') throw cause;
    throw unreachable(name, cause);
  }
  if (size !== undefined && statSync(part).size !== size) {
    rmSync(part);
    throw unreachable(name, new Error(`${file} came with another size than the hub says`));
  }
  renameSync(part, target);
}

async function ask(
  path: string,
  name: string,
  signal: AbortSignal | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  throwIfInterrupted(signal);
  const { HF_TOKEN } = process.env;
  let response: Response;
  try {
    response = await fetch(hubAddress() + path, {
      headers: { ...headers, ...(HF_TOKEN && { authorization: `Bearer ${HF_TOKEN}` }) },
      ...(signal && { signal }),
    });
  } catch (cause) {
    throwIfInterrupted(signal);
    throw unreachable(name, cause);
  }
  if (response.ok) return response;
  // The hub says 401 of models that do not exist as well as of those that are private.
  if ([401, 403, 404].includes(response.status)) throw noModel(name);
  throw unreachable(name, new Error(`status ${response.status}`));
}

function hubAddress(): string {
  return (process.env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
}

function noModel(name: string): LyrecError {
  const near = nearestNames(name);
  const guess = near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : '';
  return new LyrecError('model-missing', `The hub has no model ${name} for everyone.`, {
    hint: `${guess}A private model, or one that asks for consent, needs your token in HF_TOKEN.`,
  });
}

function unreachable(name: string, cause: unknown): LyrecError {
  const near = nearestNames(name);
  const guess = near.length > 0 ? ` Did you mean ${near[0]}?` : '';
  return new LyrecError(
    'hub-unreachable',
    `The model ${name} is not here, and ${new URL(hubAddress()).host} cannot be reached.`,
    {
      hint: `Without a network copy the model's folder here and name that; of encoders, lyrec-encoder comes with LyRec.${guess}`,
      cause,
    },
  );
}
