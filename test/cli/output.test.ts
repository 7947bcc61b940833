import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BIN, lyrec } from '../support/cli.js';
import { csvOf, put, ROWS, scratch } from '../support/songs.js';

let place: string;
let index: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'lyrec-test-'));
  index = join(place, 'index');
  const rows = ROWS.map((row, i) => ({ ...row, year: 1990 + i, summary: `About ${row.song}.` }));
  expect(await lyrec(['build', put(place, 'songs.csv', csvOf(rows)), '--index', index])).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(place, { recursive: true }));

const shell = (script: string) =>
  spawnSync('bash', ['-c', script, process.execPath, BIN, index], { encoding: 'utf8', cwd: place, timeout: 20_000 });

describe('on a terminal', () => {
  it('lyrec show colours link and facts, and adds nothing to them', async () => {
    const terminal = '--import data:text/javascript,process.stdout.isTTY=true';
    const { stdout } = await lyrec(['show', '1', '--index', index], {
      env: { NODE_OPTIONS: terminal, NO_COLOR: '', FORCE_COLOR: '1' },
    });
    expect(stdout).toContain('\u001b[2m/h/pilot-boat.html\u001b[22m\n\u001b[2myear: 1990\u001b[22m\n');
  });
});

describe.skipIf(!existsSync('/dev/full'))('on a full disk', () => {
  it.each([
    ['describe', '"$0" "$1" describe rain --index "$2" > /dev/full'],
    ['describe --json', '"$0" "$1" describe rain --json --index "$2" > /dev/full'],
    ['batch', `echo '{"describe":"rain"}' | "$0" "$1" batch - --index "$2" > /dev/full`],
    ['export', '"$0" "$1" export --summaries - --index "$2" > /dev/full'],
  ])('lyrec %s says so in a sentence', (_, script) => {
    const { status, stderr } = shell(script);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^lyrec: .* is full\.\n {7}Make room/),
    });
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('lyrec batch -', () => {
  it('answers a question before the next one is asked', async () => {
    const child = spawn(process.execPath, [BIN, 'batch', '-', '--index', index]);
    onTestFinished(() => void child.kill());
    const answers = createInterface({ input: child.stdout });
    for (const description of ['rain', 'a storm at sea']) {
      child.stdin.write(`${JSON.stringify({ describe: description, k: 1 })}\n`);
      const [answer] = (await once(answers, 'line')) as [string];
      expect(JSON.parse(answer)).toMatchObject({ query: { description } });
    }
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('lyrec export --summaries', () => {
  it('writes through a link to the file that it names', async () => {
    const here = scratch();
    const file = put(here, 'real.csv', 'old');
    symlinkSync('real.csv', join(here, 'link.csv'));
    expect(await lyrec(['export', '--summaries', join(here, 'link.csv'), '--index', index])).toMatchObject({
      status: 0,
    });
    expect(lstatSync(join(here, 'link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(8);
  });

  it('writes into a pipe, and leaves it one', () => {
    const pipe = join(place, 'pipe');
    const { stdout, stderr } = shell(
      'mkfifo pipe; cat pipe > piped.csv & "$0" "$1" export --summaries pipe --index "$2"; wait',
    );
    expect({ stdout, stderr }).toEqual({ stdout: 'pipe: 6 summaries.\n', stderr: '' });
    expect(statSync(pipe).isFIFO()).toBe(true);
    expect(readFileSync(join(place, 'piped.csv'), 'utf8').split('\n')).toHaveLength(8);
  });

  it('writes to a process in place of a file', () => {
    const { status, stderr } = shell(
      '"$0" "$1" export --summaries >(cat > processed.csv) --index "$2"; s=$?; sleep 0.2; exit $s',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(place, 'processed.csv'), 'utf8').split('\n')).toHaveLength(8);
  });

  it('does not mix them with a report', async () => {
    const run = await lyrec(['export', '--summaries', '-', '--json', '--index', index]);
    expect(run).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--jsonl') });
  });
});
