/**
 * Whether a text is in a language that a model reads.
 * @module
 */

// English descriptions come to 1.2 pieces a word; the same tokenizer cuts other languages into fragments.
const MOST_PIECES_A_WORD = 2;

/** Whether the model has pieces for a text, and does not cut its words into fragments. */
export function isFluent(text: string, pieces: readonly number[]): boolean {
  const words = text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0;
  const marks = text.match(/[^\p{L}\p{M}\p{N}\s]/gu)?.length ?? 0;
  return pieces.length > 0 && pieces.length - marks <= MOST_PIECES_A_WORD * words && pieces.length >= words / 2;
}
