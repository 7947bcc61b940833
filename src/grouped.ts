/**
 * Numbers as people write them.
 * @module
 */

/** 1234567 → "1,234,567". */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
