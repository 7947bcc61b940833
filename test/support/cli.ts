/** The program as a process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BIN = fileURLToPath(new URL('../../bin/lyrec.js', import.meta.url));

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `lyrec` without a terminal and collects what it prints. */
export function lyrec(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Run> {
  return new Promise((done, failed) => {
    const { LYREC_INDEX: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...inherited, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}).end(stdin);
    child.on('error', failed).on('close', (status) => done({ status, stdout, stderr }));
  });
}

/** Runs `lyrec … --json` and parses the answer. */
export async function lyrecJson<T>(args: readonly string[], options: Parameters<typeof lyrec>[1] = {}): Promise<T> {
  const run = await lyrec([...args, '--json'], options);
  if (run.status !== 0) throw new Error(`lyrec ${args.join(' ')}: ${run.stderr}`);
  return JSON.parse(run.stdout) as T;
}
