/**
 * Several runs side by side that differ in their seed only. The mean of their tables answers better than any of them.
 * @module
 */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Recipe } from './recipe.js';
import type { RunReply, RunRequest, RunWorkerData } from './run-worker.js';
import type { TrainingSet } from './training-set.js';

// A thread runs what tsc wrote, also where this module was loaded as TypeScript.
const WORKER = new URL('../../dist/tuning/run-worker.js', import.meta.url);

/** The runs, spread over as many threads as there are cores. */
export class TrainingRuns {
  readonly #workers: readonly Worker[];
  readonly #count: number;
  readonly #sum: Float32Array;

  /** Seeds are counted up from `seed`. */
  constructor(set: TrainingSet, start: Float32Array, recipe: Recipe, { runs, seed }: { runs: number; seed: number }) {
    this.#count = runs;
    const shared = (numbers: Float32Array) => {
      const copy = new Float32Array(new SharedArrayBuffer(numbers.byteLength));
      copy.set(numbers);
      return copy;
    };
    this.#sum = new Float32Array(new SharedArrayBuffer(start.byteLength));
    const begin = shared(start);
    const threads = Math.min(runs, availableParallelism());
    this.#workers = Array.from({ length: threads }, (_, thread) => {
      const seeds = Array.from({ length: runs }, (_, run) => seed + run).filter((_, run) => run % threads === thread);
      const workerData: RunWorkerData = { set, start: begin, recipe, seeds, sum: this.#sum };
      return new Worker(WORKER, { workerData });
    });
  }

  /** Shows every song once to every run; returns the mean loss, or null if it was interrupted. */
  async trainPass(signal?: AbortSignal): Promise<number | null> {
    const interrupted = new Promise<null>((done) => {
      if (signal?.aborted) done(null);
      signal?.addEventListener('abort', () => done(null), { once: true });
    });
    const replies = await Promise.race([
      Promise.all(this.#workers.map((worker) => ask(worker, { pass: true }))),
      interrupted,
    ]);
    if (replies === null) return null;
    const losses = replies.flatMap((reply) => ('losses' in reply ? reply.losses : []));
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  }

  /** The mean of all runs' tables; valid until the next call. Added up in the order of seeds, so it never depends on the cores. */
  async meanTable(): Promise<Float32Array> {
    const threads = this.#workers.length;
    this.#sum.fill(0);
    for (let run = 0; run < this.#count; run++) {
      await ask(this.#workers[run % threads]!, { add: Math.floor(run / threads) });
    }
    for (let i = 0; i < this.#sum.length; i++) this.#sum[i]! /= this.#count;
    return this.#sum;
  }

  /** Ends the threads, whatever they are doing. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function ask(worker: Worker, request: RunRequest): Promise<RunReply> {
  worker.postMessage(request);
  // A thread that fails emits 'error', which `once` throws.
  const [reply] = (await once(worker, 'message')) as [RunReply];
  return reply;
}
