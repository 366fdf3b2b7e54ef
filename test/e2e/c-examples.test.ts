import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTools, type Rung, type Tools } from '../../src/toolchain/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { buildFor, configurationOf, EXAMPLES, failedChecks } from './c-projects.ts';

/** zig compiles its libc++ once a machine, which takes minutes. */
const TIMEOUT_MS = 1_200_000;

const C_EXAMPLES = ['c-hello', 'c-make', 'c-cmake', 'c-meson', 'c-autotools'];
const CXX_EXAMPLES = ['cpp-hello', 'cpp-threads'];
const BUILD_TOOLS: Readonly<Record<string, string>> = {
  'c-make': 'make',
  'c-cmake': 'cmake',
  'c-meson': 'meson',
  'c-autotools': 'autoreconf',
};

const tools: Tools = await findTools({ groups: ['c'] });
const hasZig = requireInCi('zig (PyPI: ziglang)', tools.c.zig !== null);

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-examples-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const isMissing = (example: string): boolean =>
  BUILD_TOOLS[example] !== undefined && !hasTool(BUILD_TOOLS[example] ?? '');

/** Each is built and checked once, whichever test asks first. */
const sizes = new Map<string, Promise<number>>();

function buildAndCheck(example: string, rung: Rung, profile: 'default' | 'smallest'): Promise<number> {
  const name = `${example}-${rung}-${profile}`;
  const size = sizes.get(name) ?? sizeOf(example, rung, profile);
  sizes.set(name, size);
  return size;
}

async function sizeOf(example: string, rung: Rung, profile: 'default' | 'smallest'): Promise<number> {
  const workDirectory = join(root, `${example}-${rung}-${profile}`);
  const built = await buildFor(join(EXAMPLES, example), rung, { workDirectory, profile, tools });
  expect(failedChecks(example, built.path)).toEqual([]);
  expect(built.plan.trades.length > 0).toBe(profile === 'smallest');
  return built.sizeBytes;
}

describe.each(C_EXAMPLES)('%s', (example) => {
  it.skipIf(!hasTool('musl-gcc') || isMissing(example))(
    'static-musl is within its limit',
    { timeout: TIMEOUT_MS },
    async () => {
      expect(await buildAndCheck(example, 'static-musl', 'default')).toBeLessThanOrEqual(
        configurationOf(example).limits.maxImageBytes,
      );
    },
  );

  it.skipIf(!hasTool('gcc') || isMissing(example))('static-glibc runs', { timeout: TIMEOUT_MS }, async () => {
    expect(await buildAndCheck(example, 'static-glibc', 'default')).toBeLessThanOrEqual(720_000);
  });

  it.skipIf(!hasTool('gcc') || isMissing(example))('closure runs', { timeout: TIMEOUT_MS }, async () => {
    expect(await buildAndCheck(example, 'closure', 'default')).toBeLessThanOrEqual(20_000);
  });

  it.skipIf(!hasTool('musl-gcc') || isMissing(example))(
    'smallest is smaller and runs',
    { timeout: TIMEOUT_MS },
    async () => {
      const before = await buildAndCheck(example, 'static-musl', 'default');
      expect(await buildAndCheck(example, 'static-musl', 'smallest')).toBeLessThan(before);
    },
  );
});

describe.each(CXX_EXAMPLES)('%s', (example) => {
  it.skipIf(!hasZig)('static-musl runs', { timeout: TIMEOUT_MS }, async () => {
    expect(await buildAndCheck(example, 'static-musl', 'default')).toBeLessThanOrEqual(700_000);
  });

  // The example's own limit is that of zig's libc++ on musl; libstdc++ on glibc is twice as large.
  it.skipIf(!hasTool('g++'))('static-glibc runs', { timeout: TIMEOUT_MS }, async () => {
    expect(await buildAndCheck(example, 'static-glibc', 'default')).toBeLessThanOrEqual(1_500_000);
  });

  it.skipIf(!hasTool('g++'))('closure runs', { timeout: TIMEOUT_MS }, async () => {
    await buildAndCheck(example, 'closure', 'smallest');
  });
});

/** Issue 2, "Numbers to reach". */
describe('the promised sizes', () => {
  it.skipIf(!hasTool('musl-gcc'))('C hello: 20,000 bytes, and 6,200 with --size smallest', async () => {
    expect(await buildAndCheck('c-hello', 'static-musl', 'default')).toBeLessThanOrEqual(20_000);
    expect(await buildAndCheck('c-hello', 'static-musl', 'smallest')).toBeLessThanOrEqual(6_200);
  });

  it.skipIf(!hasZig)(
    'C++ hello: 700,000 bytes, and 420,000 with --size smallest',
    { timeout: TIMEOUT_MS },
    async () => {
      expect(await buildAndCheck('cpp-hello', 'static-musl', 'default')).toBeLessThanOrEqual(700_000);
      expect(await buildAndCheck('cpp-hello', 'static-musl', 'smallest')).toBeLessThanOrEqual(420_000);
    },
  );
});
