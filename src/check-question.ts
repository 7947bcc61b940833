/**
 * Questions that can be asked: a program that asks may be JavaScript, which no types hold back.
 * @module
 */
import type { AskOptions } from './ask-options.js';
import { LyrecError } from './errors.js';

/** @throws LyrecError `bad-argument` for anything but a text. */
export function checkText(value: unknown, name: string): void {
  if (typeof value !== 'string') throw wrong(`${name} must be a text`, value);
}

/** @throws LyrecError `bad-argument` for anything but a list of song ids and names. */
export function checkReferences(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw wrong(`${name} must be a list`, value);
  for (const song of value as unknown[]) {
    if (typeof song !== 'number' && typeof song !== 'string')
      throw wrong('A song is named by a number or a text', song);
  }
}

/** @throws LyrecError `bad-argument` for filters that are no lists, and numbers that are none or out of range. */
export function checkOptions({ k = 1, popularity = 0, minPopularity = 0, ...lists }: AskOptions): void {
  checkCount(k, 'k');
  if (!(popularity >= 0 && Number.isFinite(popularity))) throw wrong('popularity must be a number from 0', popularity);
  if (!Number.isFinite(minPopularity)) throw wrong('minPopularity must be a number', minPopularity);
  for (const name of ['artists', 'notArtists', 'where'] as const) {
    const list: unknown = lists[name] ?? [];
    if (!Array.isArray(list)) throw wrong(`${name} must be a list of texts`, list);
    for (const text of list as unknown[])
      if (typeof text !== 'string') throw wrong(`${name} must be a list of texts`, text);
  }
}

/** @throws LyrecError `bad-argument` for anything but a whole number from 1. */
export function checkCount(value: unknown, name: string): void {
  if (!Number.isInteger(value) || (value as number) < 1) throw wrong(`${name} must be a whole number from 1`, value);
}

function wrong(must: string, value: unknown): LyrecError {
  return new LyrecError('bad-argument', `${must}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
