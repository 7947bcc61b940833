/**
 * The thread that some of the training runs live in.
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Recipe } from './recipe.js';
import { openRuns } from './training-run.js';
import type { TrainingSet } from './training-set.js';

/** What a thread is given. */
export interface RunWorkerData {
  readonly set: TrainingSet;
  readonly start: Float32Array;
  readonly recipe: Recipe;
  readonly seeds: readonly number[];
  /** Shared: the runs' tables are added up here. */
  readonly sum: Float32Array;
}

/** A thread is asked to train its runs for a pass, or to add one run's table to the sum. */
export type RunRequest = { readonly pass: true } | { readonly add: number };

/** It answers with the losses of its runs, or that it is done. */
export type RunReply = { readonly losses: readonly number[] } | { readonly added: true };

const { set, start, recipe, seeds, sum } = workerData as RunWorkerData;
const runs = openRuns(set, start, recipe, seeds);

parentPort?.on('message', (request: RunRequest) => {
  if ('pass' in request) {
    parentPort?.postMessage({ losses: runs.map((run) => run.trainPass()) } satisfies RunReply);
  } else {
    runs[request.add]?.addTable(sum);
    parentPort?.postMessage({ added: true } satisfies RunReply);
  }
});
