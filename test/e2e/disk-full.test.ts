import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLI, morsel } from '../built-cli.ts';
import { listBelow } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { CaseFolder } from './case-folder.ts';

/** A full disk is called that, with exit code 5 and the place, whoever of the build meets it. */
const place = new CaseFolder();
const small = (): string => join(place.work, 'small');
beforeEach(() => {
  place.next();
  mkdirSync(small());
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', small()]);
});
afterEach(() => spawnSync('umount', [small()]));
afterAll(() => place.remove());

/** Of 1.6 MB. */
const SOURCE = [
  '#include <stdio.h>',
  ...Array.from({ length: 400 }, (_, index) => `const char a${index}[] = "${'x'.repeat(4000)}";`),
  'int main(void) { return puts(a1); }\n',
].join('\n');

async function expectDiskFull(
  path: string,
  env: Readonly<Record<string, string>>,
  output: string,
): Promise<void> {
  const result = await morsel(['build', path, '--no-prove', '--rung', 'closure', '-q', '-o', output], {
    cwd: place.output,
    env: { ...place.environment(), ...env },
  });
  expect(result.stderr).toMatch(/ {2}code: DISK_FULL\n/);
  expect(result.stderr).toMatch(/ {2}hint: free some space/);
  expect(result.exitCode).toBe(5);
}

describe.skipIf(!requireInCi('root, for a full disk', process.getuid?.() === 0))('a full disk', () => {
  it('of the cache, met by the compiler', async () => {
    place.write('project/big.c', SOURCE, 0o644);
    await expectDiskFull(join(place.work, 'project/big.c'), { XDG_CACHE_HOME: small() }, 'app.tar');
    expect(listBelow(place.output)).toEqual([]);
  });

  it('of the cache, met by the copy of the sources', async () => {
    place.write('project/big.c', SOURCE, 0o644);
    place.write('project/Makefile', 'big: big.c\n', 0o644);
    await expectDiskFull(join(place.work, 'project'), { XDG_CACHE_HOME: small() }, 'app.tar');
  });

  it('of the output', async () => {
    place.write('project/big.c', SOURCE, 0o644);
    await expectDiskFull(join(place.work, 'project/big.c'), {}, join(small(), 'layout/'));
    expect(listBelow(small()).filter((name) => !name.includes('/morsel/'))).toEqual([]);
  });
});

it.skipIf(!existsSync('/dev/full')).each(['--version', '--help'])('behind stdout of %s', (flag) => {
  const full = openSync('/dev/full', 'w');
  const result = spawnSync(process.execPath, [CLI, flag], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect(result.stderr).toMatch(/^error: .*ENOSPC.*\n {2}hint: .*\n {2}code: DISK_FULL\n$/);
  expect(result.status).toBe(5);
});
