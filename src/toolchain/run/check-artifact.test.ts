import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rung } from '../../core/choices.ts';
import { openByteSource } from '../../core/byte-source.ts';
import { type ElfFacts, readElf } from '../../elf/index.ts';
import { hasTool } from '../../../test/reference-tools.ts';
import { type ArtifactVerdict, checkArtifact, checkProgram } from './check-artifact.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-artifact-'));
  writeFileSync(join(root, 'a.c'), '#include <stdio.h>\nint main(void) { puts("x"); return 0; }\n');
  writeFileSync(
    join(root, 'ifunc.c'),
    'static int one(void) { return 1; }\nstatic void *pick(void) { return (void *)one; }\n' +
      'int f(void) __attribute__((ifunc("pick")));\nint main(void) { return f(); }\n',
  );
});
afterAll(() => rmSync(root, { recursive: true }));

function factsOf(compiler: string, args: readonly string[], source = 'a.c'): ElfFacts {
  const output = join(root, `out-${args.join('')}-${compiler}`.replaceAll(/[^\w-]/g, ''));
  const result = spawnSync(compiler, [source, '-o', output, ...args], { cwd: root, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  const file = openByteSource(output);
  try {
    return readElf(file);
  } finally {
    file.close();
  }
}

const reasonOf = (verdict: ArtifactVerdict): string =>
  verdict.kind === 'rejected' ? verdict.reason : 'accepted';

describe('checkProgram', () => {
  const MUSL = '/usr/lib/x86_64-linux-musl';

  function verdictOf(name: string, compiler: string, args: readonly string[], rung: Rung): ArtifactVerdict {
    const output = join(root, name);
    const result = spawnSync(compiler, [...args, '-o', output], { cwd: root, encoding: 'utf8' });
    expect(result.stderr).toBe('');
    const file = openByteSource(output);
    try {
      return checkProgram(file, file, rung);
    } finally {
      file.close();
    }
  }

  it.skipIf(!hasTool('musl-gcc'))('finds pointers that nothing will fill in', () => {
    writeFileSync(join(root, 'exported.c'), 'int data = 3;\nint main(void) { return *&data - 3; }\n');
    const args = ['-fPIC', '-static', '-Wl,--no-dynamic-linker', '-Wl,--no-relax', 'exported.c'];
    expect(reasonOf(verdictOf('exported', 'musl-gcc', [...args, '-Wl,-E'], 'static-musl'))).toMatch(
      /^\d+ pointers of the file wait for a loader/,
    );
    expect(spawnSync(join(root, 'exported')).signal).toBe('SIGSEGV');
    expect(reasonOf(verdictOf('plain', 'musl-gcc', args, 'static-musl'))).toBe('accepted');
    expect(spawnSync(join(root, 'plain')).status).toBe(0);
  });

  it.skipIf(!hasTool('musl-gcc') || !hasTool('gcc'))('finds glibc behind the start files of musl', () => {
    const start = [
      '-static',
      '-no-pie',
      '-nostartfiles',
      '-Wl,--defsym=_DYNAMIC=0',
      `${MUSL}/crt1.o`,
      `${MUSL}/crti.o`,
      'a.c',
      `${MUSL}/crtn.o`,
    ];
    const verdict = verdictOf('mixed', 'gcc', start, 'static-musl');
    expect(reasonOf(verdict)).toMatch(/two C libraries|IRELATIVE/);
    const stripped = verdictOf('mixed-stripped', 'gcc', ['-s', ...start], 'static-glibc');
    expect(reasonOf(stripped)).toMatch(/musl, not glibc/);
  });

  it.skipIf(!hasTool('musl-gcc') || !hasTool('gcc')).each(['-s', '-g'])(
    'accepts pure programs (%s)',
    (flag) => {
      expect(reasonOf(verdictOf('pure-musl', 'musl-gcc', ['-static', flag, 'a.c'], 'static-musl'))).toBe(
        'accepted',
      );
      expect(reasonOf(verdictOf('pure-glibc', 'gcc', ['-static', flag, 'a.c'], 'static-glibc'))).toBe(
        'accepted',
      );
    },
  );
});

describe('checkArtifact on what compilers really make', () => {
  it.skipIf(!hasTool('musl-gcc')).each<[string, readonly string[], Rung, RegExp]>([
    ['static', ['-static'], 'static-musl', /^accepted$/],
    [
      'the dynamic file that musl-gcc makes of -static-pie',
      ['-static-pie'],
      'static-musl',
      /asks for \/lib\/ld-musl-x86_64\.so\.1/,
    ],
    ['dynamic', [], 'static-musl', /asks for \/lib\/ld-musl/],
    ['static musl where glibc was meant', ['-static'], 'static-glibc', /contains musl, not glibc/],
    ['a shared library', ['-shared', '-fPIC'], 'closure', /shared library/],
    ['an object file', ['-c'], 'static-musl', /not an executable \(ELF type REL\)/],
  ])('musl-gcc: %s', (_, args, rung, reason) => {
    expect(reasonOf(checkArtifact(factsOf('musl-gcc', args), rung))).toMatch(reason);
  });

  it.skipIf(!hasTool('musl-gcc'))('musl-gcc: an ifunc, which musl never resolves', () => {
    const facts = factsOf('musl-gcc', ['-static'], 'ifunc.c');
    expect(reasonOf(checkArtifact(facts, 'static-musl'))).toMatch(/IRELATIVE/);
  });

  it.skipIf(!hasTool('gcc')).each<[string, readonly string[], Rung, RegExp]>([
    ['static', ['-static'], 'static-glibc', /^accepted$/],
    ['static-pie', ['-static-pie'], 'static-glibc', /^accepted$/],
    ['glibc where musl was meant', ['-static'], 'static-musl', /contains glibc, not musl|IRELATIVE/],
    ['dynamic', [], 'closure', /^accepted$/],
    ['dynamic where static was meant', [], 'static-glibc', /asks for \/lib64\/ld-linux/],
  ])('gcc: %s', (_, args, rung, reason) => {
    expect(reasonOf(checkArtifact(factsOf('gcc', args), rung))).toMatch(reason);
  });
});
