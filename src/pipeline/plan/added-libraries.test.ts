import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool } from '../../../test/reference-tools.ts';
import { closureEntries, findClosure } from '../../loader/index.ts';
import { directoryTree, entriesFromHost } from '../../rootfs/index.ts';
import { addLibrariesOf } from './added-libraries.ts';

const hasCompiler = hasTool('gcc');

describe.skipIf(!hasCompiler)('libraries of what --add brings', () => {
  let folder = '';
  const gcc = (...words: readonly string[]): void => {
    execFileSync('gcc', ['-shared', '-fPIC', '-Wl,--no-as-needed', ...words], { cwd: folder });
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-added-'));
    mkdirSync(join(folder, 'plugins'));
    writeFileSync(join(folder, 'main.c'), 'int main(void) { return 0; }\n');
    writeFileSync(join(folder, 'part.c'), 'int part(void) { return 1; }\n');
    execFileSync('gcc', ['-o', 'main', 'main.c'], { cwd: folder });
    gcc('-o', 'plugins/libbeside.so', 'part.c');
    gcc('-o', 'libabsent.so', 'part.c');
    gcc('-o', 'plugins/math.so', 'part.c', '-lm', 'plugins/libbeside.so', '-Wl,-soname,math.so');
    gcc('-o', 'plugins/wants-absent.so', 'part.c', '-L.', '-labsent');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const added = () => entriesFromHost(join(folder, 'plugins'), '/plugins', { reason: '--add plugins' });

  it('follows an added object to libraries that the program itself does not need', () => {
    const closure = findClosure({ tree: directoryTree('/'), path: join(folder, 'main') });
    expect(closure.libraries.map(({ name }) => name)).not.toContain('libm.so.6');
    const { closure: whole, findings } = addLibrariesOf(closure, added());
    if (whole === null) throw new Error('a dynamic program has a closure');
    const entries = closureEntries(whole, { programPath: '/main' });
    const libm = entries.find(({ path }) => path.endsWith('/libm.so.6'));
    expect(libm?.reason).toContain('/plugins/math.so');
    expect(entries.some(({ path }) => path.endsWith('libbeside.so'))).toBe(false);
    expect(findings.map(({ message }) => message)).toEqual([
      '/plugins/wants-absent.so needs libabsent.so, which is not on this machine: it cannot be loaded',
    ]);
  });

  it('says that a static program has no loader for them', () => {
    const { closure, findings } = addLibrariesOf(null, added());
    expect(closure).toBe(null);
    expect(findings.map(({ message }) => message).join('\n')).toMatch(
      /math\.so needs libm\.so\.6.* is static/,
    );
  });
});
