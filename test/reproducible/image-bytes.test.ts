import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WrittenImage } from '../../src/places/write-request.ts';
import { ROOT } from '../built-cli.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runTool, type ToolOptions } from '../run-tool.ts';

/** writeImage in a process of its own: the same archive, byte for byte, whatever surrounds it; and full disks. */
const work = mkdtempSync(join(tmpdir(), 'morsel-image-bytes-'));
const runner = join(work, 'runner.cjs');
const program = join(work, 'program');
const isRoot = requireInCi('root, to mount a small file system', process.getuid?.() === 0);
let reference = '';
let runs = 0;

type Outcome = WrittenImage & { readonly error?: { readonly code: string; readonly hint?: string } };

async function write(
  prefix: readonly string[],
  rest: readonly string[],
  options: ToolOptions = {},
): Promise<Outcome> {
  const [command = process.execPath, ...before] = prefix;
  const result = await runTool(command, [...before, runner, ...rest], {
    env: { PATH: process.env['PATH'] },
    ...options,
  });
  if (result.stdout === '') throw new Error(result.stderr);
  return JSON.parse(result.stdout) as Outcome;
}

async function archiveDigest(
  prefix: readonly string[],
  options: ToolOptions = {},
  input = program,
): Promise<string> {
  const path = join(work, `out-${(runs += 1)}.tar`);
  const outcome = await write(prefix, [input, path], options);
  expect(outcome.error).toBeUndefined();
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

beforeAll(async () => {
  const entryPoints = [join(ROOT, 'test/write-image-runner.ts')];
  buildSync({
    entryPoints,
    outfile: runner,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  // 3 MiB of real code, then bytes that do not compress, so that several blocks of both kinds are made.
  const code = readFileSync(process.execPath).subarray(0, 3 * 2 ** 20);
  const hashes = Array.from({ length: 40_000 }, (_, index) =>
    createHash('sha256').update(String(index)).digest(),
  );
  writeFileSync(program, Buffer.concat([code, ...hashes, code.subarray(0, 12_345)]));
  reference = await archiveDigest([]);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the same archive', () => {
  it('again', async () => {
    expect(await archiveDigest([])).toBe(reference);
  });

  it('with one thread, with many, and on one core', async () => {
    for (const threads of ['1', '2', '16']) {
      const env = { PATH: process.env['PATH'], UV_THREADPOOL_SIZE: threads };
      expect(await archiveDigest([], { env })).toBe(reference);
    }
    if (hasTool('taskset'))
      expect(await archiveDigest(['taskset', '-c', '0', process.execPath])).toBe(reference);
  });

  it('in another folder, time zone and locale, with another umask, from a file of another time and mode', async () => {
    const copy = join(work, 'elsewhere', 'copy');
    mkdirSync(join(work, 'elsewhere'));
    writeFileSync(copy, readFileSync(program), { mode: 0o700 });
    utimesSync(copy, 1_000_000_000, 1_000_000_000);
    const env = {
      PATH: process.env['PATH'],
      TZ: 'Asia/Kathmandu',
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
    };
    const prefix = ['sh', '-c', 'umask 077; exec "$@"', 'sh', process.execPath];
    expect(await archiveDigest(prefix, { env, cwd: join(work, 'elsewhere') }, copy)).toBe(reference);
  });

  it('with the Node versions that are promised', { timeout: 300_000 }, async () => {
    const others = ['20', '24'].filter((major) => !process.version.startsWith(`v${major}.`));
    for (const major of others) {
      const path = join(work, `node-${major}.tar`);
      const line = ['node', runner, program, path].join(' ');
      const result = await runTool('npm', ['exec', '--yes', `--package=node@${major}`, '-c', line]);
      expect(result.exitCode, result.stderr).toBe(0);
      expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(reference);
    }
  });
});

describe('zstd', () => {
  it('is written where Node has it, and refused with a hint where not', async () => {
    const outcome = await write([], [program, join(work, 'zstd.tar'), 'zstd']);
    if (outcome.error !== undefined) {
      expect(outcome.error).toMatchObject({ code: 'UNSUPPORTED', hint: expect.stringContaining('22.15') });
      expect(readdirSync(work).filter((name) => name.includes('zstd'))).toEqual([]);
    } else {
      expect(outcome.layers[0]?.descriptor.mediaType).toMatch(/zstd$/);
    }
  });
});

describe.skipIf(!isRoot)('a full disk', () => {
  it.each(['archive', 'layout'])('is DISK_FULL for an %s, and nothing is left', async (kind) => {
    const mount = join(work, `small-${kind}`);
    mkdirSync(mount);
    const output = kind === 'archive' ? `${mount}/image.tar` : `${mount}/layout/`;
    // In a mount namespace of its own: the file system goes with the process.
    const script = `mount -t tmpfs -o size=1m tmpfs ${mount} && "$@"; ls -A ${mount} >${work}/left; exit 0`;
    const outcome = await write(
      ['unshare', '-m', 'sh', '-c', script, 'sh', process.execPath],
      [program, output],
    );
    expect(outcome.error).toMatchObject({
      code: 'DISK_FULL',
      hint: expect.stringContaining('free some space'),
    });
    expect(readFileSync(join(work, 'left'), 'utf8')).toBe('');
  });
});

it('a large file takes little memory', { timeout: 300_000 }, async () => {
  const large = join(work, 'large');
  execFileSync('sh', ['-c', `for i in 1 2; do cat '${process.execPath}'; done > '${large}'`]);
  const result = await runTool('python3', [
    '-c',
    'import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)',
    process.execPath,
    runner,
    large,
    join(work, 'large.tar'),
    'gzip',
    '1',
  ]);
  expect(result.exitCode, result.stderr).toBe(0);
  // The bar is Node 20's. Node 24 collects buffers later: it stays at 147 MiB for 1 GB too.
  const limitMiB = Number(process.versions.node.split('.')[0]) < 22 ? 120 : 170;
  expect(Number(result.stdout) / 1024).toBeLessThanOrEqual(limitMiB);
});
