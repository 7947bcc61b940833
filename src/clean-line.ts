/**
 * Text from elsewhere that is to stand in a line.
 * @module
 */

/**
 * The text as one line, trimmed, in composed characters, and without those that could move a terminal's cursor or turn its
 * writing round. The words stay as they are.
 */
export function cleanLine(raw: string): string {
  return withoutControls(raw.normalize('NFC').replace(/\s+/g, ' ')).trim();
}

/** The text without control characters, line ends apart, and without those that embed writing of the other direction. */
export function withoutControls(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, '');
}
