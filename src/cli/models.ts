/**
 * `lyrec models` and `lyrec models pull`.
 * @module
 */
import { type ListedModel, listModels } from '../embedding/list-models.js';
import { pullModel } from '../embedding/open-model.js';
import { interruptSignal } from './interrupt.js';
import { openProgress } from './progress.js';
import { painter, sizeInWords } from './terminal.js';

/** Flags of `lyrec models pull`. */
export interface PullFlags {
  readonly dtype?: string;
  readonly quiet?: true;
}

export async function models(flags: { readonly json?: true }): Promise<void> {
  const all = listModels();
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ command: 'models', models: all })}\n`);
    return;
  }
  const paint = await painter(process.stdout);
  const rows = all.map(({ name, folder, bytes, dimensions, speed, about }: ListedModel) => [
    name,
    folder ? 'here' : '',
    bytes === null ? '' : sizeInWords(bytes),
    dimensions === null ? '' : String(dimensions),
    speed ?? '',
    about,
  ]);
  const titles = ['model', '', 'size', 'numbers', 'speed', ''];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...[titles, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const note =
    'Any other encoder with ONNX weights can be named too, or its folder: lyrec build songs.csv --model NAME';
  process.stdout.write(`${[paint.faint(line(titles)), ...rows.map(line), '', paint.faint(note)].join('\n')}\n`);
}

export async function pull(name: string, { dtype, quiet }: PullFlags): Promise<void> {
  const signal = interruptSignal();
  const progress = await openProgress({ quiet: quiet ?? false });
  try {
    const folder = await pullModel(name, {
      ...(dtype !== undefined && { dtype }),
      signal,
      onDownload: (bytes) => progress.show({ stage: 'downloading', unit: 'bytes', ...bytes }),
    });
    progress.stop();
    process.stdout.write(`${name} is in ${folder}.\n`);
  } finally {
    progress.stop();
  }
}
