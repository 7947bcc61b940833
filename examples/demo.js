// Builds an index of the demo songs and asks it one question of each kind.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../bin/lyrec.js', import.meta.url));

const COMMANDS = [
  ['build', 'examples/songs.csv', '--index', 'indexes/demo'],
  ['describe', 'a machine that falls in love', '--index', 'indexes/demo', '--top', '3'],
  ['lyrics', 'examples/verse.txt', '--index', 'indexes/demo', '--top', '3'],
  [
    'both',
    '--lyrics',
    'examples/verse.txt',
    '--desc',
    'a childhood memory',
    '--candidates',
    '20',
    '--index',
    'indexes/demo',
    '--top',
    '3',
  ],
];

for (const args of COMMANDS) {
  console.log(`$ lyrec ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`);
  const { status } = spawnSync(process.execPath, [bin, ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log();
}
console.log('Ask more: npx lyrec describe "…" --index indexes/demo');
