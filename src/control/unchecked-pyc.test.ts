import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTool } from '../../test/reference-tools.ts';
import { directoryTree } from '../rootfs/index.ts';
import { pycVerdict } from './unchecked-pyc.ts';

const PYTHON = '/usr/bin/python3';
/** Any time but that which was compiled in, as the layers of images have it. */
const OTHER_TIME = 1;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pyc-'));
  writeFileSync(join(folder, 'mod.py'), 'value = 1\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const python = (script: string): string =>
  execFileSync(PYTHON, ['-v', '-B', '-c', script], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });

/** Whether Python took the compiled file, and what it says that the module has. */
function imported(): readonly [takesCompiled: boolean, value: string] {
  const script = 'import sys, mod; sys.stdout.write(str(mod.value))';
  const done = execFileSync('/bin/sh', ['-c', `${PYTHON} -v -B -c '${script}' 2>&1`], {
    cwd: folder,
    encoding: 'utf8',
  });
  const found = done.split('\n').some((line) => /code object from '.*mod\..*\.pyc'/.test(line));
  return [found, /(\d)(?:#|$)/m.exec(done.split('\n').find((line) => /^\d/.test(line)) ?? '')?.[1] ?? ''];
}

describe.skipIf(!hasTool('python3'))('pycVerdict', () => {
  /** Compiles the module as installers do, and answers the compiled file's name. */
  function compile(mode = 'TIMESTAMP'): string {
    python(
      `import py_compile; py_compile.compile("mod.py", invalidation_mode=py_compile.PycInvalidationMode.${mode})`,
    );
    const [name = ''] = execFileSync('ls', [join(folder, '__pycache__')], { encoding: 'utf8' }).split('\n');
    return `/__pycache__/${name}`;
  }
  const verdictOf = (path: string) => pycVerdict(directoryTree(folder), path);

  it('gives Python a file that it takes whatever time its source has', () => {
    const path = compile();
    const source = join(folder, 'mod.py');
    const verdict = verdictOf(path);
    if (verdict.kind !== 'unchecked') throw new Error(verdict.kind);
    utimesSync(source, OTHER_TIME, OTHER_TIME);
    expect(imported()).toEqual([false, '1']);
    writeFileSync(join(folder, path), verdict.content);
    expect(imported()).toEqual([true, '1']);
    // The same bytes of the code, and the same each time.
    expect(verdict.content.subarray(16)).toEqual(readFileSync(join(folder, path)).subarray(16));
    expect(verdictOf(path)).toEqual({ kind: 'as-it-is' });
  });

  it('leaves out what its source does not compile to any more', () => {
    const path = compile();
    writeFileSync(join(folder, 'mod.py'), 'value = 22\n');
    expect(verdictOf(path)).toEqual({ kind: 'leave-out' });
    rmSync(join(folder, 'mod.py'));
    expect(verdictOf(path)).toEqual({ kind: 'leave-out' });
  });

  it('leaves one that goes by the hash of its source, and what is no compiled Python', () => {
    expect(verdictOf(compile('CHECKED_HASH'))).toEqual({ kind: 'as-it-is' });
    writeFileSync(join(folder, 'mod.pyc'), 'x');
    expect(verdictOf('/mod.pyc')).toEqual({ kind: 'as-it-is' });
    expect(verdictOf('/mod.py')).toEqual({ kind: 'as-it-is' });
  });

  it('leaves out what has no flags, as before PEP 552', () => {
    const path = compile();
    const old = readFileSync(join(folder, path));
    old.writeUInt16LE(3379, 0);
    writeFileSync(join(folder, path), old);
    expect(verdictOf(path)).toEqual({ kind: 'leave-out' });
    writeFileSync(join(folder, path), 'short');
    expect(verdictOf(path)).toEqual({ kind: 'as-it-is' });
  });
});
