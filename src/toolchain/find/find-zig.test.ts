import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toolPath } from '../../../test/reference-tools.ts';
import { findZig } from './find-zig.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-zig-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const python = toolPath('python3');

describe('findZig', () => {
  it.skipIf(python === undefined)(
    'does not take a module of the project for the Python package',
    async () => {
      mkdirSync(join(root, 'bin'));
      // A wrapper, so that no zig is found beside the real one.
      writeFileSync(join(root, 'bin/python3'), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
      mkdirSync(join(root, 'project/ziglang'), { recursive: true });
      writeFileSync(join(root, 'project/ziglang/__init__.py'), '');
      symlinkSync('/bin/true', join(root, 'project/ziglang/zig'));
      const options = {
        env: { PATH: '/usr/bin:/bin', PYTHONPATH: join(root, 'project') },
        cwd: join(root, 'project'),
      };
      const zig = await findZig([join(root, 'bin')], options);
      expect(zig?.path ?? '').not.toContain(root);
    },
  );
});
