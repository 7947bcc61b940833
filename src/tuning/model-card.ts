/**
 * What a tuned model's folder says about it to a person.
 * @module
 */
import { basename } from 'node:path';
import { grouped } from '../grouped.js';
import type { HeldOutScore } from './held-out.js';
import type { TuneReport } from './tuner.js';

/** A model card in Markdown: what the model was made from, how well it does, what it does not know. */
export function modelCard(folder: string, report: TuneReport): string {
  const { start, teacher, songs, descriptions, held_out, before, after, runs, kept, seed } = report;
  const row = (name: string, score: HeldOutScore) =>
    `| ${name} | ${[score['R@1'], score['R@10'], score.MRR].map((figure) => figure.toFixed(3)).join(' | ')} |`;
  return `# ${basename(folder)}

A table of word-piece vectors for LyRec, in Model2Vec's file layout. Use it: \`lyrec build songs.csv --model ${folder}\`.

Made by \`lyrec tune\` from ${start}${teacher ? `, with ${teacher} as its teacher` : ''}: ${grouped(descriptions)} descriptions of ${grouped(songs)} songs, ${kept} passes,
${runs} ${runs === 1 ? 'run' : 'runs averaged'}, seed ${seed}. \`tuning.json\` has all numbers.

${grouped(held_out.songs)} songs were held out; their descriptions look for them among ${grouped(held_out.among)} songs:

| | R@1 | R@10 | MRR |
|---|---|---|---|
${row('before', before)}
${row('after', after)}

Known weaknesses: word order is not read; songs and descriptions unlike those it was made from are found less often.

Licence: that of the model it started from, as far as the descriptions allow.
`;
}
