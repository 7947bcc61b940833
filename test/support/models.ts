/** Copies of the tiny random encoder, to be changed at will. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratch } from './songs.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/models/', import.meta.url));

/** A random BertModel of 32 numbers and 128 tokens, as fp32 and int8. */
export const TINY_BERT = join(FIXTURES, 'tiny-bert');

/** A random model that writes text and is no encoder. */
export const TINY_LLM = join(FIXTURES, 'tiny-llm');

/** A copy of the tiny encoder in a folder of this name. */
export function copyOfTinyBert(name = 'tiny-bert'): string {
  const folder = join(scratch(), name);
  cpSync(TINY_BERT, folder, { recursive: true });
  return folder;
}

/** Changes fields of one of a model's JSON files; the file is made if there is none. */
export function change(folder: string, name: string, fields: object): void {
  const file = join(folder, name);
  let before = {};
  try {
    before = JSON.parse(readFileSync(file, 'utf8')) as object;
  } catch {
    // A new file.
  }
  writeFileSync(file, JSON.stringify({ ...before, ...fields }));
}
