/**
 * A process with an encoder of its own: texts come in, vectors go out.
 * @module
 */
import { LyrecError } from '../../errors.js';
import { loadEncoderModel } from './encoder-model.js';
import type { ToPool, ToWorker, WorkerStart } from './worker-pool.js';

// A terminal's Ctrl-C reaches every process; what it means is the builder's to say.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

const { folder, settings } = JSON.parse(process.argv[2] ?? '') as WorkerStart;
const loading = loadEncoderModel(folder, settings);
// The failure is told with the first text.
loading.catch(() => {});

let queue = Promise.resolve();
process.on('message', ({ at, text, reading }: ToWorker) => {
  queue = queue.then(async () => {
    let answer: ToPool;
    try {
      const vector = await (await loading).embed(text, reading);
      answer = { at, vector };
    } catch (error) {
      answer = { at, failure: described(error) };
    }
    process.send?.(answer);
  });
});

function described(error: unknown): Extract<ToPool, { failure: unknown }>['failure'] {
  if (error instanceof LyrecError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'model-damaged', message: error instanceof Error ? error.message : String(error), hint: undefined };
}
