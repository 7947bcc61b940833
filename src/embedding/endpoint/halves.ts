/**
 * Texts that a server finds too long. It does not say how it counts, so they are halved until it takes them.
 * @module
 */

/** A text cut at the line end, else the blank, nearest to its middle; null for a text that cannot be cut. */
export function inHalves(text: string): [string, string] | null {
  for (const between of ['\n', ' ']) {
    const middle = text.length >> 1;
    const before = text.lastIndexOf(between, middle);
    const after = text.indexOf(between, middle);
    const cuts = [before, after].filter((at) => at > 0 && at < text.length - 1);
    const nearest = cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
    if (nearest !== undefined) return [text.slice(0, nearest), text.slice(nearest + 1)];
  }
  return null;
}
