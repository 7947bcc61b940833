/**
 * Long texts in pieces that an encoder can read whole.
 *
 *     line line line line │ line line line │ a line longer than the window, ─► cut between words
 *     ├── ≤ budget ─────┤   ├── ≤ budget ┤
 *
 * @module
 */

/**
 * Cuts a text at line ends into pieces of at most `budget` tokens, each as long as can be. A line that is too long for
 * one piece is cut in the middle, between words if it has any, until its parts fit.
 *
 * @param count how many tokens a text has.
 */
export function* piecesOf(text: string, budget: number, count: (text: string) => number): Generator<string> {
  let lines: string[] = [];
  let used = 0;
  for (const line of text.split('\n')) {
    for (const part of fitting(line, budget, count)) {
      const tokens = count(`${part}\n`);
      if (lines.length > 0 && used + tokens > budget) {
        yield lines.join('\n');
        lines = [];
        used = 0;
      }
      lines.push(part);
      used += tokens;
    }
  }
  if (lines.length > 0) yield lines.join('\n');
}

function fitting(line: string, budget: number, count: (text: string) => number): string[] {
  if (line.length < 2 || count(`${line}\n`) <= budget) return [line];
  const words = line.split(' ');
  if (words.length > 1) {
    const middle = words.length >> 1;
    return [words.slice(0, middle), words.slice(middle)].flatMap((half) => fitting(half.join(' '), budget, count));
  }
  const letters = Array.from(line);
  const middle = letters.length >> 1;
  return [letters.slice(0, middle), letters.slice(middle)].flatMap((half) => fitting(half.join(''), budget, count));
}
