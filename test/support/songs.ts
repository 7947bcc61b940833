/** A handful of songs written for the tests, and CSV files made of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Row {
  readonly artist: string;
  readonly song: string;
  readonly link: string;
  readonly text: string;
  readonly summary?: string;
}

export const ROWS: readonly Row[] = [
  {
    artist: 'Harbour Lights',
    song: 'The Pilot Boat',
    link: '/h/pilot-boat.html',
    text: 'The sea is grey, the ropes are wet\nMy father hauls the herring net\nThe harbour bell is ringing yet\nAnd I will be a sailor',
  },
  {
    artist: 'Harbour Lights',
    song: 'Salt on the Stairs',
    link: '',
    text: 'The storm took the mast and the storm took the wheel\nThe waves came over the iron keel\nWe prayed to God on the deck to kneel\nAnd three of us came home',
  },
  {
    artist: 'Mona Quist',
    song: 'Kitchen Light',
    link: '/m/kitchen-light.html',
    text: 'Grandmother hums while the bread is rising\nFlour on the table, snow outside\nI was a child on a wooden stool\nAnd nothing in the world had died',
  },
  {
    artist: 'Mona Quist',
    song: 'Ring Finger',
    link: '/m/ring-finger.html',
    text: 'You packed your clothes and left your key\nThe wedding ring is in the sink\nI loved you more than you loved me\nAnd now I only drink',
  },
  {
    artist: 'Neon Ferris',
    song: 'Until the Sun Comes Up',
    link: '/n/sun.html',
    text: 'Turn up the bass, the night is young\nDance with me under the neon sun\nHands in the air till the morning comes\nWe dance, we dance, we dance',
  },
  {
    artist: 'Neon Ferris',
    song: 'Payday',
    link: '/n/payday.html',
    text: 'Forty hours on the factory floor\nThe boss wants twenty, the rent wants more\nI count my wages behind the door\nAnd the money is gone by Monday',
  },
];

/** An empty folder that goes when the test does. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Rows as CSV text, with the columns that any of them has. */
export function csvOf(rows: readonly object[], { delimiter = ',' } = {}): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const quoted = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = rows.map((row) => {
    const cells = new Map<string, unknown>(Object.entries(row));
    return columns.map((column) => quoted(cells.get(column)));
  });
  return [columns, ...lines].map((cells) => `${cells.join(delimiter)}\n`).join('');
}

/** Writes a file into a folder and returns its path. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}
