// Compiles the SIMD kernels of this folder with AssemblyScript and writes each as base64 into src/.
// A binary is a kilobyte: kept in the sources, it needs no step of its own in the build and ships with dist/.
// `node wasm/compile.js --check` only says whether sources and binaries agree.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const KERNELS = [
  { source: 'scan.ts', target: 'src/vectors/scan-binary.ts' },
  { source: 'train.ts', target: 'src/tuning/train-binary.ts' },
];

const here = dirname(fileURLToPath(import.meta.url));
const compiler = join(here, '../node_modules/assemblyscript/bin/asc.js');
const flags = ['--runtime', 'stub', '--noAssert', '-O3', '--enable', 'simd', '--importMemory'];
const folder = mkdtempSync(join(tmpdir(), 'lyrec-kernels-'));
try {
  for (const { source, target } of KERNELS) {
    const binary = join(folder, 'kernel.wasm');
    execFileSync(process.execPath, [compiler, source, '-o', binary, ...flags], { cwd: here, stdio: 'inherit' });
    const lines = readFileSync(binary)
      .toString('base64')
      .match(/.{1,100}/g);
    const text = [
      `// Compiled from wasm/${source} by \`npm run kernels\`; not written by hand.`,
      lines.length > 1 ? 'export const BINARY_BASE64 =' : `export const BINARY_BASE64 = '${lines[0]}';`,
      ...(lines.length > 1 ? [`${lines.map((line) => `  '${line}'`).join(' +\n')};`] : []),
      '',
    ].join('\n');
    const file = join(here, '..', target);
    if (!process.argv.includes('--check')) {
      writeFileSync(file, text);
    } else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${target} is not what wasm/${source} compiles to: npm run kernels`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
