/**
 * Colours, widths and line breaks.
 * @module
 */
import type { WriteStream } from 'node:tty';
import { grouped } from '../grouped.js';

export { grouped } from '../grouped.js';

/** How the parts of an answer look. */
export interface Painter {
  readonly title: (text: string) => string;
  readonly score: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly mark: (text: string) => string;
}

const WIDEST = 100;
const WITHOUT_TERMINAL = 80;

/** Colours for a terminal that wants them (https://no-color.org), plain text for everything else. */
export async function painter(stream: WriteStream): Promise<Painter> {
  const plain = (text: string) => text;
  if (!stream.isTTY || process.env.NO_COLOR) return { title: plain, score: plain, faint: plain, mark: plain };
  const { default: chalk } = await import('chalk');
  // chalk takes any number of texts; a painter takes one, also from `map`.
  return {
    title: (text) => chalk.bold(text),
    score: (text) => chalk.cyan(text),
    faint: (text) => chalk.dim(text),
    mark: (text) => chalk.yellow.bold(text),
  };
}

/** How many columns to write in. */
export function terminalWidth(stream: WriteStream): number {
  return stream.isTTY && stream.columns > 0 ? Math.min(stream.columns, WIDEST) : WITHOUT_TERMINAL;
}

/** Breaks a line at blanks so that no line is longer than `width`, unless a single word is. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  if (line) lines.push(line);
  return lines;
}

/** "1 song", "1,234 songs" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A size in bytes as a person says it. */
export function sizeInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** A time as a person says it: "12 s", "14 min", "3 h". */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
