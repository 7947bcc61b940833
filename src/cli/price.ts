/**
 * What tokens cost.
 * @module
 */
import type { Tokens } from '../chat/chat-model.js';
import { LyrecError } from '../errors.js';

/** What a million tokens cost, read and written, in whatever money the user thinks in. */
export interface Price {
  readonly in: number;
  readonly out: number;
}

/** "0.15,0.60" → the price of a million tokens. @throws LyrecError `bad-argument`. */
export function parsePrice(text: string): Price {
  const [read, written, ...more] = text.split(',').map((part) => (part.trim() ? Number(part) : Number.NaN));
  if (more.length === 0 && isPrice(read) && isPrice(written)) return { in: read, out: written };
  throw new LyrecError('bad-argument', `"${text}" is not two prices.`, {
    hint: 'Write what a million tokens cost, read and written: --price 0.15,0.60.',
  });
}

/** What tokens cost. */
export function costOf(tokens: Tokens, price: Price): number {
  return (tokens.in * price.in + tokens.out * price.out) / 1e6;
}

/** Money to a sensible precision: "12.30", "0.0042". */
export function money(amount: number): string {
  return amount >= 0.1 || amount === 0 ? amount.toFixed(2) : amount.toPrecision(2);
}

function isPrice(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}
