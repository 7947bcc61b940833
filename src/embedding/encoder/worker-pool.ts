/**
 * Encoders on all cores: each thread has its own, and takes the next text when it is done with one.
 * @module
 */
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type ErrorCode, LyrecError, throwIfInterrupted } from '../../errors.js';
import type { EmbedOptions } from '../embedder.js';
import type { Reading } from './encoder-model.js';
import type { EncoderSettings } from './settings.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly folder: string;
  readonly settings: EncoderSettings;
}

/** A text on its way to a worker; `at` is its place. */
export interface ToWorker {
  readonly at: number;
  readonly text: string;
  readonly reading: Reading;
}

/** What a worker made of it. */
export type ToPool =
  | { readonly at: number; readonly vector: Float32Array }
  | {
      readonly at: number;
      readonly failure: { readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined };
    };

// One being embedded and one waiting: no thread idles while a message travels.
const TEXTS_A_WORKER = 2;

/**
 * How many threads to embed with: `LYREC_THREADS`, else one a core, as far as copies of the weights fit into half of the memory.
 *
 * @throws LyrecError `bad-argument` if the variable is no whole number from 1.
 */
export function threadCount(weightsBytes: number): number {
  const asked = process.env.LYREC_THREADS;
  if (asked !== undefined && asked !== '') {
    if (/^[1-9]\d{0,3}$/.test(asked)) return Number(asked);
    throw new LyrecError('bad-argument', `LYREC_THREADS is "${asked}", not a whole number from 1.`);
  }
  // A loaded model takes about twice its file.
  const fit = Math.floor(totalmem() / 2 / (2 * weightsBytes));
  return Math.max(1, Math.min(availableParallelism(), fit));
}

/** A group of workers. Whoever starts it closes it. */
export class WorkerPool {
  readonly #workers: readonly Worker[];

  constructor(start: WorkerStart, threads: number) {
    const file = new URL('./worker.js', import.meta.url);
    this.#workers = Array.from({ length: threads }, () => new Worker(file, { workerData: start }));
  }

  /**
   * The vectors of texts, in their order. An interruption or a failure ends the workers: the pool is closed then.
   *
   * @throws LyrecError as the model does, or `interrupted`.
   */
  async embed(
    texts: readonly string[],
    reading: Reading,
    { onVector, signal }: EmbedOptions = {},
  ): Promise<Float32Array[]> {
    throwIfInterrupted(signal);
    const vectors: Float32Array[] = new Array(texts.length);
    let next = 0;
    let done = 0;
    const give = (worker: Worker) => {
      if (next < texts.length) worker.postMessage({ at: next, text: texts[next]!, reading } satisfies ToWorker);
      next++;
    };
    const quit: (() => void)[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const interrupted = () => reject(new LyrecError('interrupted', 'Interrupted.'));
        signal?.addEventListener('abort', interrupted, { once: true });
        quit.push(() => signal?.removeEventListener('abort', interrupted));
        for (const worker of this.#workers) {
          const onMessage = (message: ToPool) => {
            if ('failure' in message) {
              const { code, message: what, hint } = message.failure;
              reject(new LyrecError(code, what, hint === undefined ? {} : { hint }));
              return;
            }
            vectors[message.at] = message.vector;
            onVector?.(message.at, message.vector);
            if (++done === texts.length) resolve();
            else give(worker);
          };
          const onExit = (code: number) => {
            const hint = 'Perhaps memory ran out: try fewer threads with LYREC_THREADS.';
            reject(new LyrecError('model-damaged', `A thread of the encoder ended (status ${code}).`, { hint }));
          };
          worker.on('message', onMessage).on('error', reject).on('exit', onExit);
          quit.push(() => worker.off('message', onMessage).off('error', reject).off('exit', onExit));
        }
        for (let round = 0; round < TEXTS_A_WORKER; round++) for (const worker of this.#workers) give(worker);
      });
    } catch (error) {
      for (const leave of quit.splice(0)) leave();
      await this.close();
      throwIfInterrupted(signal);
      throw error;
    } finally {
      for (const leave of quit) leave();
    }
    return vectors;
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
