import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';

const TREES = process.env['MORSEL_TEST_ALL'] === '1' ? 400 : 25;
const SEED = 20_261_121;
const NAMES = ['a', 'b', 'c', 'd'];

const paths = fc
  .array(fc.constantFrom(...NAMES, ...NAMES, '..', '.', ''), { minLength: 1, maxLength: 8 })
  .map((components) => `/${components.join('/')}`);
const targets = fc.oneof(
  paths,
  paths.map((path) => path.slice(1) || '.'),
  fc.constantFrom(
    '../../../../outside/secret',
    '/outside/secret',
    '../outside',
    '..',
    '/',
    'a/../../../outside',
  ),
);
const trees = fc.record({
  links: fc.array(fc.tuple(paths, targets), { minLength: 3, maxLength: 15 }),
  files: fc.array(paths, { minLength: 2, maxLength: 6 }),
  asked: fc.array(paths, { minLength: 40, maxLength: 80 }),
});

// The kernel's own answers, in a chroot: device and inode of each path, or nothing.
const ORACLE = `
import os, sys
os.chroot(sys.argv[1]); os.chdir('/')
for path in sys.stdin.read().split('\\n'):
    try:
        print(os.stat(path).st_ino)
    except OSError:
        print('-')
`;

describe('hostile trees of links', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'morsel-links-'));
    mkdirSync(join(dir, 'outside'));
    writeFileSync(join(dir, 'outside/secret'), 'outside');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** Paths that collide with a link or a file made before are left out. */
  function makeTree(
    root: string,
    links: readonly (readonly [string, string])[],
    files: readonly string[],
  ): void {
    const attempt = (path: string, make: (hostPath: string) => void): void => {
      // `join` takes `..` as text: what is made stays in the root, unless a link made before leads out of it.
      const host = join(root, join('/', path));
      const parent = directoryTree(root).resolve(dirname(join('/', path)));
      if (parent !== null && parent.path !== dirname(join('/', path))) return;
      try {
        if (parent === null) mkdirSync(dirname(host), { recursive: true });
        make(host);
      } catch {
        // It exists, or its parent is a file.
      }
    };
    for (const path of files) attempt(path, (host) => writeFileSync(host, `inside ${path}`, { flag: 'wx' }));
    for (const [path, target] of links) attempt(path, (host) => symlinkSync(target, host));
  }

  const canChroot = requireInCi('root, for chroot', process.getuid?.() === 0) && hasTool('python3');
  it.skipIf(!canChroot)(
    'are walked as the kernel walks them in a chroot, and never left',
    { timeout: 3_600_000 },
    () => {
      let number = 0;
      let found = 0;
      fc.assert(
        fc.property(trees, ({ links, files, asked }) => {
          const root = join(dir, `root-${number}`);
          number += 1;
          mkdirSync(root);
          makeTree(root, links, files);
          const tree = directoryTree(root);
          const { stdout } = spawnSync('python3', ['-c', ORACLE, root], {
            input: asked.join('\n'),
            encoding: 'utf8',
          });
          const theirs = stdout.trimEnd().split('\n');
          expect(theirs).toHaveLength(asked.length);
          for (const [i, path] of asked.entries()) {
            const entry = tree.resolve(path);
            const ours =
              entry === null ? '-' : statSync(join(root, entry.path), { bigint: true }).ino.toString();
            expect(`${path} ${ours}`).toBe(`${path} ${theirs[i]}`);
            const source = tree.open(path);
            if (source === null) continue;
            found += 1;
            expect(source.read(0, 6).toString()).toBe('inside');
            source.close();
          }
          rmSync(root, { recursive: true });
        }),
        { seed: SEED, numRuns: TREES, endOnFailure: true },
      );
      expect(found).toBeGreaterThan(TREES);
    },
  );
});
