/**
 * Models that LyRec's users are likely to want, for `lyrec models` and for misspelt names.
 * @module
 */

/** How fast a model embeds songs: thousands, hundreds, tens or a few a second on a laptop, or better left to a server. */
export type Speed = 'instant' | 'fast' | 'medium' | 'slow' | 'server';

/** A model and what its card says. */
export interface KnownModel {
  readonly name: string;
  readonly dimensions: number;
  /** Megabytes to download: the weights that LyRec takes by default. */
  readonly megabytes: number;
  readonly speed: Speed;
  readonly about: string;
}

/** Bundled models first, then by size. Sizes are rounded, of the weights that LyRec would take. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  known('lyrec-static', 384, 12, 'instant', 'comes with LyRec; in every index'),
  known('lyrec-encoder', 384, 24, 'fast', 'comes with LyRec; tuned for lyrics and what is said about them'),
  known('Xenova/all-MiniLM-L6-v2', 384, 23, 'fast', 'small general encoder'),
  known('Xenova/bge-small-en-v1.5', 384, 34, 'fast', 'retrieval, English; 8-bit'),
  known('Xenova/e5-small-v2', 384, 34, 'fast', 'retrieval, English'),
  known('Xenova/multilingual-e5-small', 384, 118, 'fast', 'retrieval, 100 languages'),
  known('BAAI/bge-small-en-v1.5', 384, 133, 'medium', 'retrieval, English; 32-bit'),
  known('Xenova/all-mpnet-base-v2', 768, 110, 'medium', 'general encoder'),
  known('Xenova/bge-base-en-v1.5', 768, 110, 'medium', 'retrieval, English'),
  known('nomic-ai/nomic-embed-text-v1.5', 768, 137, 'medium', 'retrieval, long texts'),
  known('Snowflake/snowflake-arctic-embed-m-v1.5', 768, 110, 'medium', 'retrieval, English'),
  known('onnx-community/embeddinggemma-300m-ONNX', 768, 309, 'slow', 'retrieval, 100 languages'),
  known('onnx-community/Qwen3-Embedding-0.6B-ONNX', 1024, 614, 'slow', 'instruction-tuned, long texts'),
  known('Alibaba-NLP/gte-Qwen2-1.5B-instruct', 1536, 7110, 'server', "the article's model; no ONNX weights on the hub"),
];

/** Known names that this might be a misspelling or a part of, the nearest first, at most three; none if it is known itself. */
export function nearestNames(text: string): string[] {
  if (KNOWN_MODELS.some(({ name }) => name === text)) return [];
  const wanted = plain(text);
  return KNOWN_MODELS.map(({ name }) => {
    const whole = distance(wanted, plain(name));
    const last = distance(lastPart(wanted), lastPart(plain(name)));
    return { name, whole, away: plain(name).includes(wanted) ? 0 : Math.min(whole, last) };
  })
    .filter(({ away }) => away <= Math.max(2, wanted.length / 4))
    .sort((a, b) => a.away - b.away || a.whole - b.whole)
    .slice(0, 3)
    .map(({ name }) => name);
}

function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name;
}

function known(name: string, dimensions: number, megabytes: number, speed: Speed, about: string): KnownModel {
  return { name, dimensions, megabytes, speed, about };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9/]/g, '');
}

/** Levenshtein's distance: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[b.length]!;
}
