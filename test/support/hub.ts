/** A Hugging Face hub on this machine with one model, and an empty cache. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join, relative } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { json, type Seen, serve } from './server.js';
import { scratch } from './songs.js';

/** How a hub answers. */
export type HubAnswer = (request: Seen, response: ServerResponse, count: number) => void;

/** Starts a hub that answers so, until the test ends. */
export async function hub(answer: HubAnswer): Promise<{ cache: string; seen: Seen[] }> {
  const { url, seen } = await serve(answer);
  const cache = scratch();
  vi.stubEnv('HF_ENDPOINT', url);
  vi.stubEnv('LYREC_CACHE', cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { cache, seen };
}

/** What the hub says of a model whose files lie in a folder; `info` is what else it says. */
export function withModel(name: string, folder: string, info: object = {}): HubAnswer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return ({ path }, response) => {
    const file = join(folder, path.slice(`/${name}/resolve/main/`.length));
    if (path.startsWith(`/api/models/${name}`)) {
      const siblings = files.map((rfilename) => ({ rfilename, size: statSync(join(folder, rfilename)).size }));
      json(response, { id: name, siblings: [...siblings, { rfilename: 'README.md', size: 9 }], ...info });
    } else if (path.startsWith(`/${name}/resolve/main/`) && existsSync(file)) {
      response.end(readFileSync(file));
    } else {
      json(response, { error: 'Repository not found' }, 401);
    }
  };
}
