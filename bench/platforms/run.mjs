/**
 * Builds the small examples for each platform by the CLI of this checkout (`node scripts/build.mjs` first, or `--cli`), and prints a
 * table: how large each image is, and how it was proven.
 *
 *   nice node bench/platforms/run.mjs [--example c-hello,cpp-hello,go-hello,rust-hello] [--platform all] [--cli FILE]
 *
 * The first run of a machine takes minutes for each platform: zig makes its C library, and Rust its standard library; both
 * are kept where they always are. One platform of one language is one build, so that what fails is one cell. Exit 1 where one
 * is not proven.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ALL = ['amd64', 'arm64', 'arm/v7', 'riscv64', 'ppc64le', 's390x', '386'];
const ROOT = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    example: { type: 'string', default: 'c-hello,cpp-hello,go-hello,rust-hello' },
    platform: { type: 'string', default: 'all' },
    cli: { type: 'string', default: join(ROOT, 'dist/cli.cjs') },
  },
});
const platforms =
  values.platform === 'all' ? ALL : values.platform.split(',').map((name) => name.replace(/^linux\//, ''));
const work = mkdtempSync(join(tmpdir(), 'morsel-bench-platforms-'));
const [{ PATH = '', HOME = '' }] = [process.env];
let failures = 0;

process.on('exit', () => rmSync(work, { recursive: true, force: true }));
console.log(`| example | ${platforms.join(' | ')} |`);
console.log(`| --- |${' ---: |'.repeat(platforms.length)}`);
for (const example of values.example.split(',')) {
  const project = join(work, example);
  const isSource = (/** @type {string} */ path) => !path.includes('/target');
  cpSync(join(ROOT, 'examples', example), project, { recursive: true, filter: isSource });
  withoutLimits(join(project, 'morsel.json'));
  const cells = platforms.map((platform) => cellOf(project, platform));
  console.log(`| ${[example, ...cells].join(' | ')} |`);
}
process.exitCode = failures === 0 ? 0 : 1;

/**
 * An example's limit is for this machine.
 *
 * @param {string} path
 */
function withoutLimits(path) {
  const { limits: _, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify(rest));
}

/**
 * @param {string} project
 * @param {string} platform
 */
function cellOf(project, platform) {
  const output = join(work, 'image.tar');
  const words = ['build', project, '--platform', `linux/${platform}`, '-o', output, '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [values.cli, ...words], {
    env: { PATH, HOME },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    failures += 1;
    console.error(`${project} for ${platform}: ${stderr}`);
    return 'no';
  }
  const { size, proof } = JSON.parse(stdout);
  if (proof.status !== 'passed') failures += 1;
  const how = proof.emulation === null ? '' : `, ${proof.emulation.split(' ').at(-1).replace('-static', '')}`;
  return `${size.uncompressedBytes.toLocaleString('en')} (${proof.status}${how})`;
}
