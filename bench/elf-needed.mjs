/**
 * DT_NEEDED of every ELF file below a folder, beside `readelf -dW` on the same files, in one run: CPU seconds (user and
 * system, children included), ratios. Node's own start is part of morsel's side. docs: bench/README.md
 *
 *   node bench/elf-needed.mjs [FOLDER] [ROUNDS]
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../scripts/run.mjs';

const folder = process.argv[2] ?? '/usr';
const rounds = Number(process.argv[3] ?? 7);
const BAR = 2.3;

const PROGRAM = `
import { readFileSync, writeSync } from 'node:fs';
import { openByteSource } from '${join(ROOT, 'src/core/byte-source.ts')}';
import { readElfLinkage } from '${join(ROOT, 'src/elf/index.ts')}';
let needed = 0;
for (const path of readFileSync(0, 'utf8').trimEnd().split('\\n')) {
  const source = openByteSource(path);
  try {
    needed += readElfLinkage(source).needed.length;
  } catch {}
  source.close();
}
writeSync(1, String(needed));
`;

/** @param {string} path */
function isElfFile(path) {
  try {
    const fd = openSync(path, 'r');
    const bytes = Buffer.alloc(4);
    readSync(fd, bytes, 0, 4, 0);
    closeSync(fd);
    return bytes.toString('latin1') === '\x7fELF';
  } catch {
    return false;
  }
}

/** @param {string} root @returns {string[]} */
function elfFilesBelow(root) {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
    const path = join(root, entry.name);
    if (entry.isDirectory()) return elfFilesBelow(path);
    return entry.isFile() && !path.includes('\n') && isElfFile(path) ? [path] : [];
  });
}

/** @param {string} command a shell line that reads `list` from stdin @param {string} list @returns {{ seconds: number, output: string }} */
function cpuSeconds(command, list) {
  const script = `TIMEFORMAT='%U %S'; time { ${command} ; }`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, LC_ALL: 'C' };
  const done = spawnSync('bash', ['-c', script], { input: list, encoding: 'utf8', env, maxBuffer: 1 << 30 });
  const [user, system] = (done.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds: (user ?? 0) + (system ?? 0), output: done.stdout };
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

const work = mkdtempSync(join(tmpdir(), 'bench-elf-'));
try {
  const program = join(work, 'needed.cjs');
  await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    // As dist/cli.cjs is: an ES module makes Node load forty modules of its own more.
    format: 'cjs',
    outfile: program,
    logLevel: 'error',
  });
  const files = elfFilesBelow(folder);
  const list = `${files.join('\n')}\n`;
  const sides = {
    morsel: `'${process.execPath}' '${program}'`,
    readelf: `xargs -d '\\n' readelf -dW 2>/dev/null | grep -c '(NEEDED)'`,
    node: `'${process.execPath}' -e 0`,
  };
  const counted = [sides.morsel, sides.readelf].map((command) => cpuSeconds(command, list).output.trim());
  const times = Object.values(sides).map((command) => ({ command, seconds: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of times) side.seconds.push(cpuSeconds(side.command, list).seconds);
  }
  const [morsel = 0, readelf = 0, node = 0] = times.map(({ seconds }) => median(seconds));
  /** @param {string} name @param {number} value */
  const row = (name, value) =>
    `| ${name} | ${(value * 1000).toFixed(0)} | ${(value / readelf).toFixed(2)} |\n`;
  process.stdout.write(
    `${files.length} ELF files below ${folder}; DT_NEEDED: morsel ${counted[0]}, readelf ${counted[1]}; ` +
      `medians of ${rounds} rounds, CPU milliseconds\n\n| side | CPU ms | x readelf -dW |\n|---|---|---|\n` +
      row('readelf -dW', readelf) +
      row(`morsel (bar ${BAR})`, morsel) +
      row('of which node -e 0', node),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}
