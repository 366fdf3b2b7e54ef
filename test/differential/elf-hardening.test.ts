import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { factsOf, type Hardening, hardeningOf, openElf } from '../../src/elf/index.ts';
import { hasTool } from '../reference-tools.ts';
import { splitByFile } from './elf-readelf-output.ts';
import { elfFiles } from './elf-sample.ts';

const SAMPLE = 240;
const BATCH = 40;

function hardeningOfFile(path: string): Hardening | null {
  const source = openByteSource(path);
  try {
    const elf = openElf(source);
    return hardeningOf(elf, factsOf(elf));
  } finally {
    source.close();
  }
}

/** As checksec's script asks readelf, for a file that is loaded by somebody. */
function checksec(text: string) {
  const has = (pattern: RegExp): boolean => pattern.test(text);
  const bindsNow = has(/\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*\bNOW\b/);
  const relro = has(/GNU_RELRO/) ? (bindsNow ? 'full' : 'partial') : 'none';
  const stack = /GNU_STACK.*/.exec(text)?.[0];
  const imports = /UND +__stack_chk_fail(?:@|\s|$)/m;
  return {
    pie: has(/Type: +EXEC/) ? 'no' : has(/^ +INTERP |FLAGS_1.*\bPIE\b/m) ? 'yes' : 'library',
    relro,
    nx: stack === undefined ? 'unknown' : stack.includes('RWE') ? 'no' : 'yes',
    canary: has(imports) ? 'yes' : 'not yes',
    fortify: has(/UND +__[a-z0-9_]+_chk(?:@|\s|$)/m) ? 'yes' : 'not yes',
  };
}

const answered = (one: Hardening) => ({
  pie: one.pie,
  relro: one.relro,
  nx: one.nx.answer,
  canary: one.canary.answer === 'yes' ? 'yes' : 'not yes',
  fortify: one.fortify.answer === 'yes' ? 'yes' : 'not yes',
});

describe.skipIf(!hasTool('readelf'))('is what readelf has, read as checksec reads it', () => {
  const files = elfFiles(SAMPLE);

  it(`of ${files.length} files of this machine`, { timeout: 120_000 }, () => {
    const differences: unknown[] = [];
    let compared = 0;
    for (let start = 0; start < files.length; start += BATCH) {
      const batch = files.slice(start, start + BATCH);
      const { stdout } = spawnSync('readelf', ['-hldW', '--dyn-syms', ...batch], {
        encoding: 'utf8',
        maxBuffer: 1 << 30,
      });
      for (const [path, text] of splitByFile(stdout)) {
        const own = hardeningOfFile(path);
        if (own === null) continue;
        compared += 1;
        const [here, there] = [answered(own), checksec(text)];
        if (JSON.stringify(here) !== JSON.stringify(there)) differences.push({ path, here, there });
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(150);
  });
});

describe.skipIf(!hasTool('gcc'))('each flag of the compiler', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-hardening-'));
    writeFileSync(
      join(folder, 'a.c'),
      '#include <stdio.h>\n#include <string.h>\n' +
        'int main(int n, char **v){ char b[32]; strcpy(b, v[0]); printf("%s %d", b, n); return 0; }\n',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function compiled(...flags: readonly string[]) {
    const program = join(folder, `a${flags.join('')}`.replaceAll(/[^\w]/g, '_'));
    execFileSync('gcc', ['-O2', '-w', ...flags, '-o', program, join(folder, 'a.c')], { stdio: 'pipe' });
    const { pie, relro, nx, canary, fortify } = hardeningOfFile(program) ?? {};
    return { pie, relro, nx: nx?.answer, canary: canary?.answer, fortify: fortify?.answer };
  }

  it.each([
    [['-fPIE', '-pie'], { pie: 'yes' }],
    [['-no-pie'], { pie: 'no' }],
    [['-shared', '-fPIC'], { pie: 'library' }],
    [['-static-pie', '-fPIE'], { pie: 'yes' }],
    [['-Wl,-z,relro,-z,now'], { relro: 'full' }],
    [['-Wl,-z,relro,-z,lazy'], { relro: 'partial' }],
    [['-Wl,-z,norelro'], { relro: 'none' }],
    [['-Wl,-z,execstack'], { nx: 'no' }],
    [['-Wl,-z,noexecstack'], { nx: 'yes' }],
    [['-fstack-protector-all'], { canary: 'yes' }],
    [['-fno-stack-protector'], { canary: 'no' }],
    [['-D_FORTIFY_SOURCE=2'], { fortify: 'yes' }],
    [['-U_FORTIFY_SOURCE'], { fortify: 'no' }],
    // glibc's own code has both: what the program was compiled with does not show.
    [['-static', '-fno-stack-protector', '-U_FORTIFY_SOURCE'], { canary: 'unknown' }],
    [
      ['-static', '-s', '-fstack-protector-all', '-D_FORTIFY_SOURCE=2'],
      { canary: 'unknown', fortify: 'unknown' },
    ],
  ])('%j', (flags, expected) => {
    expect(compiled(...flags)).toMatchObject(expected);
  });

  it('of what is not linked: nothing', () => {
    const object = join(folder, 'a.o');
    execFileSync('gcc', ['-c', '-o', object, join(folder, 'a.c')]);
    expect(hardeningOfFile(object)).toBeNull();
  });
});
