import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCompilePlan, type Rung } from '../../src/toolchain/index.ts';
import { hasTool } from '../reference-tools.ts';
import { EXAMPLES, planFor } from '../e2e/c-projects.ts';

const TIMEOUT_MS = 600_000;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-same-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Builds a copy of the sources in a folder of its own, in an environment of its own. */
async function bytesOf(
  sources: string,
  place: string,
  env: Readonly<Record<string, string>>,
  rung: Rung,
): Promise<Buffer> {
  const directory = join(root, place, 'project');
  cpSync(sources, directory, { recursive: true });
  const plan = await planFor(directory, rung, { workDirectory: join(root, place, 'cache') });
  const { programs } = await runCompilePlan(plan, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  return readFileSync(programs[0].path);
}

async function expectSame(sources: string, name: string, rung: Rung): Promise<void> {
  const one = await bytesOf(sources, `${name}-1`, { TZ: 'UTC' }, rung);
  const elsewhere = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'C', CFLAGS: '-O0', MAKEFLAGS: 'k' };
  const two = await bytesOf(sources, `${name} other/deeper place`, elsewhere, rung);
  expect(one.equals(two)).toBe(true);
}

const NEEDS: Readonly<Record<string, string>> = {
  'c-cmake': 'cmake',
  'c-meson': 'meson',
  'c-autotools': 'autoreconf',
  'c-make': 'make',
};

describe('the same sources give the same program, from another path and in another environment', () => {
  it.for(['c-hello', 'c-make', 'c-cmake', 'c-meson', 'c-autotools'])(
    '%s',
    { timeout: TIMEOUT_MS },
    async (example, { skip }) => {
      const needed = ['musl-gcc', NEEDS[example] ?? 'musl-gcc'];
      const absent = needed.find((tool) => !hasTool(tool));
      if (absent !== undefined) skip(`no ${absent}`);
      await expectSame(join(EXAMPLES, example), example, 'static-musl');
    },
  );

  it.skipIf(!hasTool('gcc'))(
    'a program that prints __FILE__, __DATE__ and __TIME__',
    { timeout: TIMEOUT_MS },
    async () => {
      const sources = join(root, 'dated');
      cpSync(join(EXAMPLES, 'c-cmake'), sources, { recursive: true });
      const main = join(sources, 'src/main.c');
      const text = readFileSync(main, 'utf8').replace('crc32 %', '" __FILE__ __DATE__ __TIME__ " %');
      writeFileSync(main, text);
      await expectSame(sources, 'dated-copy', 'static-glibc');
    },
  );
});
