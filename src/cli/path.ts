/**
 * `lyrec path`.
 * @module
 */
import { modelNames } from '../index-folder/index-folder.js';
import { LyRec } from '../lyrec.js';
import type { IndexFlags } from './flags.js';
import { type FilterFlags, filtersOf } from './question-flags.js';
import { nameOf, rounded, songAsJson } from './render.js';
import { painter } from './terminal.js';

/** Flags of `lyrec path`. */
export interface PathFlags extends IndexFlags, FilterFlags {
  readonly steps: number;
  readonly jsonl?: true;
  readonly by: 'lyrics' | 'story' | 'both';
}

export async function path(from: string, to: string, flags: PathFlags): Promise<void> {
  const lyrec = await LyRec.open(flags.index, { search: 'exact' });
  try {
    const started = performance.now();
    const { songs } = await lyrec.path(from, to, { ...filtersOf(flags), steps: flags.steps, by: flags.by });
    const tookMs = Math.round((performance.now() - started) * 10) / 10;
    const results = songs.map(({ song, score }, place) => ({
      rank: place + 1,
      ...songAsJson(song),
      score: score === null ? null : rounded(score),
    }));
    if (flags.jsonl) {
      process.stdout.write(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
      return;
    }
    if (flags.json) {
      const { manifest } = lyrec.info;
      const index = { songs: manifest.songs, model: modelNames(manifest) };
      const query = { from: songs[0]?.song.id, to: songs.at(-1)?.song.id, steps: flags.steps };
      process.stdout.write(`${JSON.stringify({ command: 'path', query, index, results, took_ms: tookMs })}\n`);
      return;
    }
    const paint = await painter(process.stdout);
    const lines = songs.map(({ song, score }, place) => {
      const jump = paint.score(score === null ? '     ' : score.toFixed(3).padStart(5));
      return `${String(place + 1).padStart(3)}. ${jump}  ${paint.title(nameOf(song))}  ${paint.faint(`#${song.id}`)}\n`;
    });
    process.stdout.write(lines.join(''));
  } finally {
    await lyrec.close();
  }
}
