/**
 * `lyrec info`.
 * @module
 */
import { type IndexWeights, LyRec } from '../lyrec.js';
import { skippedInWords } from '../reading/song-reader.js';
import type { IndexFlags } from './flags.js';
import { grouped, sizeInWords } from './terminal.js';

export async function info(flags: IndexFlags): Promise<void> {
  const lyrec = await LyRec.open(flags.index, { search: 'exact' });
  try {
    const { manifest, folder } = lyrec.info;
    const { bytes, hnsw } = await lyrec.check();
    const { weights } = lyrec;
    if (flags.json) {
      process.stdout.write(`${JSON.stringify({ folder, bytes, approximate_search: hnsw, weights, ...manifest })}\n`);
      return;
    }
    const { embedders, source, songs, summaries, writers, skipped } = manifest;
    const rows = [
      ['index', `${folder} (${sizeInWords(bytes)})`],
      ['songs', `${grouped(songs)}, ${grouped(summaries)} with a summary`],
      ...writers.map(({ name, songs }) => ['summaries', `${grouped(songs)} by ${name}`]),
      ['left out', skipped.length ? skippedInWords(skipped) : 'none'],
      ['made of', source.name],
      ['made', `${manifest.built_at.slice(0, 16).replace('T', ' ')} UTC by lyrec ${manifest.lyrec}`],
      ...embedders.map(({ name, dimensions }) => ['model', `${name}, ${dimensions} numbers a text`]),
      ...weightRows(weights),
      ['search', hnsw ? 'exact for one question, HNSW graph for many' : 'exact (hnswlib-node is not installed)'],
    ];
    process.stdout.write(rows.map(([name, value]) => `${name!.padEnd(9)} ${value}\n`).join(''));
  } finally {
    await lyrec.close();
  }
}

/** What counts how much, a row for each kind of question. */
function weightRows(weights: IndexWeights): [string, string][] {
  return Object.entries(weights).map(([kind, fields], i) => {
    const parts = (['summary', 'lyrics'] as const).flatMap((field) =>
      (['static', 'encoder', 'wording'] as const)
        .filter((source) => fields[field][source] > 0)
        .map((source) => `${field} ${source} ${fields[field][source]}`),
    );
    return [i === 0 ? 'weights' : '', `${kind}: ${parts.join(', ')}`];
  });
}
