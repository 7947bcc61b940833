/**
 * Flags that many commands have, as they arrive.
 * @module
 */
import type { SearchMethod } from '../searching/search.js';

/** Flags of every command. */
export interface IndexFlags {
  readonly index: string;
  readonly json?: true;
}

/** Flags that change an answer. */
export interface SettingFlags {
  readonly search: SearchMethod;
  readonly candidates: number;
  readonly first: 'lyrics' | 'desc';
  readonly dense?: true;
}
