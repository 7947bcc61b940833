/**
 * Numbers in the cells of a collection.
 * @module
 */

/** The number that a cell holds; null for an empty one and for any other text. */
export function numberIn(cell: string): number | null {
  const number = Number(cell);
  return cell.trim() !== '' && Number.isFinite(number) ? number : null;
}
