/**
 * `lyrec show`.
 * @module
 */
import { LyRec } from '../lyrec.js';
import type { IndexFlags } from './flags.js';
import { nameOf, songAsJson, summaryOf } from './render.js';
import { painter, terminalWidth, wrap } from './terminal.js';

export async function show(id: number, flags: IndexFlags): Promise<void> {
  const lyrec = await LyRec.open(flags.index, { search: 'exact' });
  try {
    const song = lyrec.song(id);
    if (flags.json) {
      const { metadata, lyrics } = song;
      process.stdout.write(`${JSON.stringify({ ...songAsJson(song), metadata, lyrics })}\n`);
      return;
    }
    const paint = await painter(process.stdout);
    const facts = Object.entries(song.metadata).map(([name, value]) => `${name}: ${value}`);
    const parts = [
      `${paint.title(nameOf(song))}  ${paint.faint(`#${song.id}`)}`,
      [song.link ?? '', facts.join('  ')].filter(Boolean).map(paint.faint).join('\n'),
      wrap(summaryOf(song), terminalWidth(process.stdout)).join('\n'),
      song.lyrics,
    ];
    process.stdout.write(`${parts.filter(Boolean).join('\n\n')}\n`);
  } finally {
    await lyrec.close();
  }
}
