/**
 * Where downloaded models are kept.
 * @module
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `LYREC_CACHE`, else the folder that this system has for such things. */
export function cacheFolder(): string {
  const { LYREC_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (LYREC_CACHE) return LYREC_CACHE;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'lyrec');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'lyrec');
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'lyrec');
  return join(homedir(), '.cache', 'lyrec');
}

/** The folder of a model of the hub, whether or not it is there: `<cache>/models/BAAI/bge-small-en-v1.5`. */
export function hubFolder(name: string): string {
  return join(cacheFolder(), 'models', ...name.split('/'));
}

/** Whether this could be the name of a model of the hub: `BAAI/bge-small-en-v1.5`. */
export function isHubName(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(text);
}
