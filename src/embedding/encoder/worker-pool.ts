/**
 * Encoders on all cores: each process has its own, and takes the next text when it is done with one.
 *
 * Processes, not threads: a thread that is ended while onnxruntime computes takes the whole program down with it.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, LyrecError, throwIfInterrupted } from '../../errors.js';
import type { EmbedOptions } from '../types.js';
import type { Reading } from './encoder-model.js';
import type { EncoderSettings } from './settings.js';

/** What a worker is started with, as JSON on its command line. */
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

// One being embedded and one waiting: no core idles while a message travels.
const TEXTS_A_WORKER = 2;

/**
 * How many workers to embed with: `LYREC_THREADS`, else one a core, as far as copies of the weights fit into half of the memory.
 *
 * @throws LyrecError `bad-argument` if the variable is no whole number from 1.
 */
export function workerCount(weightsBytes: number): number {
  const asked = process.env.LYREC_THREADS;
  if (asked !== undefined && asked !== '') {
    if (/^[1-9]\d{0,3}$/.test(asked)) return Number(asked);
    throw new LyrecError('bad-argument', `LYREC_THREADS is "${asked}", not a whole number from 1.`);
  }
  // A loaded model takes about twice its file.
  const fit = Math.floor(totalmem() / 2 / (2 * weightsBytes));
  return Math.max(1, Math.min(availableParallelism(), fit));
}

// A process runs what tsc wrote, also where this module was loaded as TypeScript.
const WORKER = fileURLToPath(new URL('../../../dist/embedding/encoder/worker.js', import.meta.url));

/** A group of workers. Whoever starts it closes it. */
export class WorkerPool {
  readonly #workers: readonly ChildProcess[];

  constructor(start: WorkerStart, count: number) {
    this.#workers = Array.from({ length: count }, () =>
      fork(WORKER, [JSON.stringify(start)], {
        execArgv: [],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
        // A message may be on its way to a worker that is being ended.
        .on('error', () => {}),
    );
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
    if (texts.length === 0) return [];
    const vectors: Float32Array[] = new Array(texts.length);
    let next = 0;
    let done = 0;
    const give = (worker: ChildProcess) => {
      if (next < texts.length) worker.send({ at: next, text: texts[next]!, reading } satisfies ToWorker);
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
            try {
              vectors[message.at] = message.vector;
              onVector?.(message.at, message.vector);
              if (++done === texts.length) resolve();
              else give(worker);
            } catch (error) {
              // Nobody else hears of what an event's handler throws: the disk may be full.
              reject(error);
            }
          };
          const onExit = (code: number | null, killed: string | null) => {
            const hint = 'Perhaps memory ran out: try fewer workers with LYREC_THREADS.';
            reject(new LyrecError('model-damaged', `A worker of the encoder ended (${killed ?? code}).`, { hint }));
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

  /** Ends the workers, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(
      this.#workers.map(async (worker) => {
        if (worker.exitCode !== null || worker.signalCode !== null) return;
        const ended = once(worker, 'exit');
        worker.kill('SIGKILL');
        await ended;
      }),
    );
  }
}
