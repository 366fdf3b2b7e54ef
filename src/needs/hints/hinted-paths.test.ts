import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { buildElf } from '../../../test/property/elf-builder.ts';
import { memoryByteSource } from '../../core/byte-source.ts';
import { openElf } from '../../elf/index.ts';
import { directoryTree, type FileTree } from '../../rootfs/index.ts';
import { type HintedPath, hintedPaths } from './hinted-paths.ts';
import { pathLiterals } from './path-literals.ts';

const made = mkdtempSync(join(tmpdir(), 'morsel-hints-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

function treeWith(files: Readonly<Record<string, string>>): {
  readonly root: string;
  readonly tree: FileTree;
} {
  const root = mkdtempSync(join(made, 'root-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, tree: directoryTree(root) };
}

const C = { go: null, languages: ['c'] } as const;
const RUST = { go: null, languages: ['rust'] } as const;

function literals(constants: string, facts: typeof C | typeof RUST = C): readonly string[] {
  // The writer of tests has one segment, which can be written: its bytes are looked at as those of `ld -N`.
  const bytes = buildElf({ constants: Buffer.from(constants, 'latin1') });
  return pathLiterals(openElf(memoryByteSource(bytes)), facts).map(({ path }) => path);
}

function hints(object: string, paths: readonly string[], tree: FileTree): readonly HintedPath[] {
  return hintedPaths([{ object, literals: paths.map((path) => ({ path, isWhole: true })) }], tree);
}

describe('paths among the constants', () => {
  it('are whole strings, without what is formatted into them, and those of search paths', () => {
    expect(literals('\0/etc/app/%s.conf\0/usr/share/x:/opt/y\0/usr//lib/git-core/\0')).toEqual([
      '/etc/app',
      '/usr/share/x',
      '/opt/y',
      '/usr/lib/git-core',
    ]);
    expect(literals('\0see /etc/app\0/proc/self\0/tmp/x\0/etc/../x\0relative/etc/x\0')).toEqual([]);
    expect(literals('/usr/share/app/data.txtnext', RUST)).toEqual(['/usr/share/app/data.txtnext']);
  });

  it('are not more than a program has', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `/etc/f${index}`).join('\0');
    expect(literals(`\0${many}\0`)).toHaveLength(512);
  });
});

describe('hintedPaths', () => {
  it('are those that are there, with their size, hard links once', () => {
    const { root, tree } = treeWith({ '/usr/lib/app/a': 'aaaa', '/etc/app.conf': 'c' });
    linkSync(join(root, '/usr/lib/app/a'), join(root, '/usr/lib/app/b'));
    expect(hints('/usr/bin/app', ['/usr/lib/app', '/etc/app.conf', '/etc/none'], tree)).toEqual([
      {
        path: '/usr/lib/app',
        kind: 'directory',
        sizeBytes: 4,
        files: 1,
        isWhole: true,
        namedBy: '/usr/bin/app',
      },
      { path: '/etc/app.conf', kind: 'file', sizeBytes: 1, files: 1, isWhole: true, namedBy: '/usr/bin/app' },
    ]);
  });

  it('leave out what every system has, secrets and what is in a directory that is named', () => {
    const { tree } = treeWith({
      '/etc/passwd': 'x',
      '/etc/shadow': 'x',
      '/etc/resolv.conf': 'x',
      '/usr/share/doc/app/README': 'x',
      '/usr/share/app/x/y': 'x',
      '/usr/local/go/src/fmt/print.go': 'x',
      '/opt/app/main.rs': 'x',
      '/usr/lib/x86_64-linux-gnu/liba.so.1': 'x',
    });
    const named = [
      '/etc/passwd',
      '/etc/shadow',
      '/etc/resolv.conf',
      '/usr/share',
      '/usr/share/doc/app',
      '/usr/lib/x86_64-linux-gnu',
      '/usr/lib/x86_64-linux-gnu/liba.so.1',
      '/usr/share/app/x',
      '/usr/share/app',
      '/usr/local/go/src/fmt/print.go',
      '/opt/app/main.rs',
    ];
    expect(hints('/usr/bin/other', named, tree).map(({ path }) => path)).toEqual(['/usr/share/app']);
  });

  it("stand in order: the program's name, its own, its libraries'", () => {
    const { tree } = treeWith({ '/etc/a': 'x', '/etc/zig/x': 'x', '/etc/b': 'x' });
    const whole = (path: string) => ({ path, isWhole: true });
    const found = hintedPaths(
      [
        { object: '/usr/bin/zig-1.2', literals: [whole('/etc/b'), whole('/etc/zig')] },
        { object: '/lib/l.so', literals: [whole('/etc/a'), whole('/etc/b')] },
      ],
      tree,
    );
    expect(found.map(({ path, namedBy }) => [path, namedBy])).toEqual([
      ['/etc/zig', '/usr/bin/zig-1.2'],
      ['/etc/b', '/usr/bin/zig-1.2'],
      ['/etc/a', '/lib/l.so'],
    ]);
  });

  it('are cut where literals stand side by side', () => {
    const { tree } = treeWith({ '/usr/share/app/data.txt': 'x', '/usr/share/app/data': 'x' });
    const literal = { path: '/usr/share/app/data.txtnext', isWhole: false };
    expect(hintedPaths([{ object: '/a', literals: [literal] }], tree)).toMatchObject([
      { path: '/usr/share/app/data.txt' },
    ]);
  });

  it('say that a large directory is larger', () => {
    const files = Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`/opt/big/f${index}`, 'x']));
    const { tree } = treeWith(files);
    const [big] = hints('/usr/bin/app', ['/opt/big'], tree);
    expect(big).toMatchObject({ isWhole: false, files: 2000 });
  });
});
