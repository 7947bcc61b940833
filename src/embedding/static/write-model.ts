/**
 * Writing a static model in Model2Vec's file layout, a byte a number.
 * @module
 */
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../make-folder.js';
import type { Pooling } from './static-model.js';

/**
 * Writes a model folder; files that were there are replaced one by one, each in one step.
 *
 * @param table float32 [pieces, dimensions], each row times its weight. A row is kept as bytes and the weight that makes them
 *   its numbers again.
 * @param tokenizer the model folder whose `tokenizer.json` is copied.
 */
export function writeStaticModel(
  folder: string,
  {
    table,
    dimensions,
    pooling,
    tokenizer,
  }: { table: Float32Array; dimensions: number; pooling: Pooling; tokenizer: string },
): void {
  makeFolder(folder);
  const pieces = table.length / dimensions;
  const rows = new Int8Array(table.length);
  const weights = new Float32Array(pieces);
  for (let piece = 0; piece < pieces; piece++) {
    const row = table.subarray(piece * dimensions, (piece + 1) * dimensions);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    weights[piece] = largest / 127;
    if (largest > 0)
      row.forEach((value, d) => {
        rows[piece * dimensions + d] = Math.round((127 * value) / largest);
      });
  }
  const config = {
    model_type: 'model2vec',
    architectures: ['StaticModel'],
    tokenizer_name: 'bert-base-uncased',
    hidden_dim: dimensions,
    normalize: true,
    lyrec: { term_counts: pooling.termCounts, repeated_lines: pooling.repeatedLines },
  };
  putInPlace(folder, 'config.json', (file) => writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`));
  putInPlace(folder, 'tokenizer.json', (file) => copyFileSync(join(tokenizer, 'tokenizer.json'), file));
  putInPlace(folder, 'model.safetensors', (file) => {
    writeFileSync(
      file,
      safetensors([
        { name: 'embeddings', dtype: 'I8', shape: [pieces, dimensions], data: rows },
        { name: 'weights', dtype: 'F32', shape: [pieces], data: weights },
      ]),
    );
  });
}

interface OutTensor {
  readonly name: string;
  readonly dtype: 'I8' | 'F32';
  readonly shape: readonly number[];
  readonly data: Int8Array | Float32Array;
}

/** Format: https://github.com/huggingface/safetensors#format */
function safetensors(tensors: readonly OutTensor[]): Buffer {
  let at = 0;
  const header: Record<string, object> = {};
  for (const { name, dtype, shape, data } of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const bodies = tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return Buffer.concat([length, text, ...bodies]);
}

function putInPlace(folder: string, name: string, write: (file: string) => void): void {
  const file = join(folder, name);
  write(`${file}.new`);
  renameSync(`${file}.new`, file);
}
