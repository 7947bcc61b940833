/**
 * How good: `npm run bench:quality`, or `npm run bench:quality -- --model ./my-model --model lyrec-static`.
 *
 * Each model's index is asked requests and excerpts whose song is known. With `../shared/data` beside the repository those
 * are real songs and the requests that are kept for development; without it, the demo songs, which are few and easy.
 *
 * @module
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIndex, evaluate, excerptCases, LyRec, readCases, resolveCases } from '../dist/index.js';

const SHARED = fileURLToPath(new URL('../../shared/data/', import.meta.url));
const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

const REAL = {
  collections: { lyrics: `${SHARED}songs.csv`, summaries: `${SHARED}songs-with-summaries.csv` },
  requests: `${SHARED}requests-dev.jsonl`,
  excerpts: `${SHARED}excerpts-dev.jsonl`,
  misremembered: `${SHARED}excerpts-noisy-dev.jsonl`,
};
const DEMO = {
  collections: { lyrics: `${EXAMPLES}songs.csv` },
  requests: `${EXAMPLES}requests.jsonl`,
  excerpts: null,
  misremembered: null,
};
// How many excerpts a collection takes from itself where no file brings them.
const OWN_EXCERPTS = 150;
const COLUMNS = [
  ['describe', 'R@1'],
  ['describe', 'R@10'],
  ['describe', 'R@50'],
  ['excerpt', 'R@1'],
  ['misremembered', 'R@1'],
];

const { values } = parseArgs({ options: { model: { type: 'string', multiple: true, default: ['lyrec-static'] } } });
const data = existsSync(REAL.requests) ? REAL : DEMO;
const place = mkdtempSync(join(tmpdir(), 'lyrec-bench-'));
try {
  const names = values.model.flatMap((model) => Object.keys(data.collections).map((over) => `${model}, ${over}`));
  const width = Math.max(...names.map((name) => name.length));
  console.log(
    `Songs: ${data === REAL ? 'shared/data/songs.csv' : 'examples/songs.csv'}. Second line: 95 % interval.\n`,
  );
  console.log(
    line(
      '',
      COLUMNS.map(([group]) => group),
      width,
    ),
  );
  console.log(
    line(
      'model, compared with',
      COLUMNS.map(([, metric]) => metric),
      width,
    ),
  );
  for (const model of values.model) {
    for (const [over, csv] of Object.entries(data.collections)) {
      const results = await score(model, csv);
      const cells = COLUMNS.map(([group, metric]) => results[group]?.[metric]);
      console.log(
        line(
          `${model}, ${over}`,
          cells.map((cell) => cell?.value.toFixed(3) ?? '-'),
          width,
        ),
      );
      console.log(
        line(
          '',
          cells.map((cell) => (cell ? `${cell.low.toFixed(2)} – ${cell.high.toFixed(2)}` : '')),
          width,
        ),
      );
    }
  }
} finally {
  rmSync(place, { recursive: true });
}

/** The figures of one model over one collection, by kind of question. */
async function score(model, csv) {
  const folder = mkdtempSync(join(place, 'index-'));
  await buildIndex({ input: csv, folder, model: { model } });
  const lyrec = await LyRec.open(folder, { search: 'exact' });
  const cases = async (file) => resolveCases(lyrec, await readCases(file)).cases;
  const figures = async (asked) => (await evaluate(lyrec, asked)).results.at(-1).metrics;
  try {
    return {
      describe: await figures(await cases(data.requests)),
      excerpt: await figures(data.excerpts ? await cases(data.excerpts) : excerptCases(lyrec, OWN_EXCERPTS)),
      ...(data.misremembered && { misremembered: await figures(await cases(data.misremembered)) }),
    };
  } finally {
    await lyrec.close();
  }
}

function line(name, cells, width) {
  return `${name.padEnd(Math.max(width, 20))}${cells.map((cell) => cell.padStart(14)).join('')}`;
}
