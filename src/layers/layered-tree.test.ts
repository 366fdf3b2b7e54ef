import { describe, expect, it } from 'vitest';
import { decodeName, type TarHeader } from '../tar/index.ts';
import { LayeredTree, TREE_LOOK_UPS_LIMIT, TREE_PATH_BYTES_LIMIT, TREE_PATHS_LIMIT } from './layered-tree.ts';
import type { TreeNode } from './tree-node.ts';

type Line = readonly [kind: TarHeader['kind'], path: string, linkTarget?: string];

const FILE: TarHeader = {
  kind: 'file',
  path: '',
  linkTarget: '',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtimeSeconds: 0,
  sizeBytes: 1,
  xattrs: {},
};

/** Applies layers written as lines and describes the tree that comes out, one line a path. */
function apply(...layers: readonly (readonly Line[])[]): string[] {
  const tree = new LayeredTree('test');
  let contentId = 0;
  for (const layer of layers) {
    tree.startLayer();
    for (const [kind, path, linkTarget = ''] of layer) {
      tree.apply({ ...FILE, kind, path, linkTarget }, (contentId += 1));
    }
  }
  return describeNode(tree.root, '');
}

function describeNode(node: TreeNode, path: string): string[] {
  return [...(node.children ?? [])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, child]) => {
      const own = `${path}/${name}`;
      if (child.kind === 'directory') return [`${own}/`, ...describeNode(child, own)];
      return [child.kind === 'symlink' ? `${own} -> ${child.target}` : `${own} #${child.contentId}`];
    });
}

describe('layers', () => {
  it('give a link the size of its target, as lstat(2) does, whatever its header says', () => {
    const tree = new LayeredTree('test');
    tree.startLayer();
    tree.apply({ ...FILE, kind: 'symlink', path: 'link', linkTarget: 'fő/a', sizeBytes: 77 }, 1);
    tree.apply({ ...FILE, path: 'file', sizeBytes: 77 }, 2);
    const sizes = [...(tree.root.children ?? [])].map(([name, { sizeBytes }]) => [name, sizeBytes]);
    expect(sizes).toEqual([
      ['link', 5],
      ['file', 77],
    ]);
  });

  it('add, replace, and keep what a directory has', () => {
    expect(
      apply(
        [
          ['file', 'a'],
          ['file', 'd/x'],
        ],
        [
          ['file', 'a'],
          ['directory', 'd'],
          ['file', 'd/y'],
        ],
      ),
    ).toEqual(['/a #3', '/d/', '/d/x #2', '/d/y #5']);
  });

  it('replace a directory by a file, and a link by a directory', () => {
    expect(
      apply(
        [
          ['file', 'd/x'],
          ['symlink', 'l', 'd'],
        ],
        [
          ['file', 'd'],
          ['directory', 'l'],
        ],
      ),
    ).toEqual(['/d #3', '/l/']);
  });

  it('white out files and whole directories of lower layers', () => {
    expect(
      apply(
        [
          ['file', 'a'],
          ['file', 'd/x'],
          ['file', 'd/e/y'],
        ],
        [
          ['file', '.wh.a'],
          ['file', '.wh.d'],
        ],
      ),
    ).toEqual([]);
  });

  it('white out nothing of their own layer, before or after', () => {
    expect(
      apply(
        [['file', 'd/old']],
        [
          ['file', 'a'],
          ['file', '.wh.a'],
          ['file', 'd/new'],
          ['file', '.wh.d'],
        ],
      ),
    ).toEqual(['/a #2', '/d/', '/d/new #4']);
    expect(
      apply(
        [['file', 'a']],
        [
          ['file', '.wh.a'],
          ['file', 'a'],
        ],
      ),
    ).toEqual(['/a #3']);
  });

  it('hide what is below an opaque directory, wherever the marker stands', () => {
    const lower: Line[] = [
      ['file', 'd/old'],
      ['file', 'd/e/old'],
      ['file', 'kept'],
    ];
    const expected = ['/d/', '/d/new #4', '/kept #3'];
    expect(
      apply(lower, [
        ['file', 'd/new'],
        ['file', 'd/.wh..wh..opq'],
      ]),
    ).toEqual(expected);
    expect(
      apply(lower, [
        ['file', 'd/.wh..wh..opq'],
        ['file', 'd/new'],
      ]).map((line) => line.replace('#5', '#4')),
    ).toEqual(expected);
  });

  it('leave out the files of aufs, and whiteouts of nothing', () => {
    expect(
      apply([
        ['file', '.wh..wh.plnk'],
        ['directory', '.wh..wh.aufs'],
        ['file', '.wh.none'],
      ]),
    ).toEqual([]);
  });

  it('give hard links one content, also after the first name is gone', () => {
    expect(
      apply(
        [
          ['file', 'a'],
          ['hardlink', 'b', 'a'],
        ],
        [
          ['hardlink', 'c', './b'],
          ['file', '.wh.a'],
        ],
      ),
    ).toEqual(['/b #1', '/c #1']);
  });

  it('follow links on the way, inside the image only', () => {
    expect(
      apply([
        ['symlink', 'lib', 'usr/lib'],
        ['file', 'lib/x'],
      ]),
    ).toEqual(['/lib -> usr/lib', '/usr/', '/usr/lib/', '/usr/lib/x #2']);
    expect(
      apply([
        ['symlink', 'out', '../../../../etc'],
        ['file', 'out/passwd'],
      ]),
    ).toEqual(['/etc/', '/etc/passwd #2', '/out -> ../../../../etc']);
    expect(
      apply([
        ['symlink', 'abs', '/tmp/x'],
        ['file', 'abs/f'],
      ]),
    ).toEqual(['/abs -> /tmp/x', '/tmp/', '/tmp/x/', '/tmp/x/f #2']);
  });

  it('let a directory take the place of a lower file, but not of one of the same layer', () => {
    expect(apply([['file', 'a']], [['file', 'a/b']])).toEqual(['/a/', '/a/b #2']);
    expect(() =>
      apply([
        ['file', 'a'],
        ['file', 'a/b'],
      ]),
    ).toThrow(expect.objectContaining({ code: 'IMAGE_INVALID' }));
  });

  it.each<[string, Line[]]>([
    ['a path with ..', [['file', 'a/../../etc/passwd']]],
    ['a hard link with ..', [['hardlink', 'a', '../../etc/passwd']]],
    ['a hard link to nothing', [['hardlink', 'a', 'etc/passwd']]],
    ['a hard link to itself', [['hardlink', 'a', 'a']]],
    [
      'a hard link to a directory',
      [
        ['directory', 'd'],
        ['hardlink', 'a', 'd'],
      ],
    ],
    [
      'links in a circle',
      [
        ['symlink', 'a', 'b'],
        ['symlink', 'b', 'a'],
        ['file', 'a/x'],
      ],
    ],
  ])('refuse %s', (_what, layer) => {
    expect(() => apply(layer)).toThrow(expect.objectContaining({ code: 'IMAGE_INVALID' }));
  });

  const damaged = expect.objectContaining({ code: 'IMAGE_INVALID', hint: expect.any(String) as string });
  const tooMuch = expect.objectContaining({ code: 'LIMIT_EXCEEDED', hint: expect.any(String) as string });
  const name255 = decodeName(Buffer.alloc(255, 0xe9));

  it.each<[string, Line[]]>([
    ['a name of 256 bytes', [['file', 'n'.repeat(256)]]],
    ['a directory with such a name on the way', [['file', `${'n'.repeat(256)}/x`]]],
    ['a path of 4,097 bytes', [['file', '/a'.repeat(2049)]]],
    [
      'a path that links make longer than Linux allows',
      [
        ['directory', 'a/'.repeat(2000)],
        ['symlink', 'l', 'a/'.repeat(2000)],
        ['directory', `l/${'a/'.repeat(100)}`],
      ],
    ],
    ['a link to nothing at all', [['symlink', 'l', '']]],
    ['a link to 4,096 bytes', [['symlink', 'l', 't'.repeat(4096)]]],
    ['a hard link to nothing at all', [['hardlink', 'l', '']]],
    [
      'a file that another one is in',
      [
        ['file', 'a'],
        ['directory', 'a/b'],
      ],
    ],
  ])('refuse %s, with a hint', (_what, layer) => {
    expect(() => apply(layer)).toThrow(damaged);
  });

  it('take the longest names and paths that Linux has', () => {
    expect(apply([['file', name255]])).toEqual([`/${name255} #1`]);
    const path = 'a/'.repeat(2047).slice(0, -1);
    expect(apply([['file', path]], [['file', '.wh.a']])).toEqual([]);
  });

  it.each([-1, 2 ** 32 - 1, 2 ** 40])('refuse the owner %i', (id) => {
    const header = { ...FILE, path: 'a' };
    expect(() => new LayeredTree('test').apply({ ...header, uid: id }, 1)).toThrow(damaged);
    expect(() => new LayeredTree('test').apply({ ...header, gid: id }, 1)).toThrow(damaged);
  });

  it('have no more paths than a limit, nor longer ones in all', () => {
    const many = new LayeredTree('test');
    const file = (index: number): void => many.apply({ ...FILE, path: `d/${index}` }, 1);
    for (let index = 1; index < TREE_PATHS_LIMIT; index += 1) file(index);
    expect(() => file(0)).toThrow(tooMuch);

    const long = new LayeredTree('test');
    // Long names, not many: what is looked up has a limit of its own.
    const directory = `${'n'.repeat(250)}/`.repeat(15);
    const add = (index: number): void => long.apply({ ...FILE, path: `${directory}${index}` }, 1);
    const count = Math.floor(TREE_PATH_BYTES_LIMIT / (directory.length + 6));
    for (let index = 0; index < count - 100; index += 1) add(100_000 + index);
    expect(() => {
      for (let index = 0; index < 200; index += 1) add(200_000 + index);
    }).toThrow(tooMuch);

    const targets = new LayeredTree('test');
    expect(() => {
      for (let index = 0; index < 20_000; index += 1) {
        targets.apply({ ...FILE, kind: 'symlink', path: `${index}`, linkTarget: 't'.repeat(4000) }, 1);
      }
    }).toThrow(tooMuch);
  });

  it('look up no more names than a limit, however the links lead', () => {
    const lines: Line[] = [['directory', 'a/'.repeat(2000)]];
    // Down through all directories and up again, forty times.
    for (let index = 0; index < 39; index += 1)
      lines.push(['symlink', `l${index}`, `${'a/'.repeat(600)}${'../'.repeat(600)}l${index + 1}`]);
    lines.push(['symlink', 'l39', 'a']);
    const tree = new LayeredTree('test');
    for (const [kind, path, linkTarget = ''] of lines) tree.apply({ ...FILE, kind, path, linkTarget }, 1);
    expect(() => {
      for (let index = 0; index < TREE_LOOK_UPS_LIMIT / 45_000; index += 1)
        tree.apply({ ...FILE, path: 'l0/x' }, 1);
    }).toThrow(tooMuch);
  });

  it('do not get slow by a marker repeated', () => {
    const many: Line[] = Array.from({ length: 20_000 }, (_, index) => ['file', `d/f${index}`]);
    const markers: Line[] = Array.from({ length: 20_000 }, () => ['file', 'd/.wh..wh..opq']);
    expect(apply([...many], [...many, ...markers])).toHaveLength(20_001);
  });
});

describe('what upper layers took the place of', () => {
  function replacements(...layers: readonly (readonly Line[])[]): readonly unknown[] {
    const tree = new LayeredTree('test');
    for (const layer of layers) {
      tree.startLayer();
      for (const [kind, path, linkTarget = ''] of layer) tree.apply({ ...FILE, kind, path, linkTarget }, 1);
    }
    return tree.replacements.all.map(({ path, was, is, layer }) => [path, was, is, layer]);
  }

  const merged: readonly Line[] = [
    ['directory', 'usr/lib'],
    ['file', 'usr/lib/ld.so'],
    ['symlink', 'lib', 'usr/lib'],
  ];

  it.each<readonly [string, readonly Line[], readonly unknown[]]>([
    ['a directory over a link', [['directory', 'lib']], ['/lib', 'a link to usr/lib', 'a directory', 2]],
    ['a file over a link', [['file', 'lib']], ['/lib', 'a link to usr/lib', 'a file', 2]],
    ['another link', [['symlink', 'lib', 'lib64']], ['/lib', 'a link to usr/lib', 'a link to lib64', 2]],
    [
      'a link over a directory',
      [['symlink', 'usr/lib', '/opt']],
      ['/usr/lib', 'a directory', 'a link to /opt', 2],
    ],
    ['a file over a directory', [['file', 'usr/lib']], ['/usr/lib', 'a directory', 'a file', 2]],
    ['a whiteout', [['file', 'usr/.wh.lib']], ['/usr/lib', 'a directory', null, 2]],
  ])('is noted: %s', (_name, layer, expected) => {
    expect(replacements(merged, layer)).toEqual([expected]);
  });

  it('is not noted where nothing is lost', () => {
    const again: readonly Line[] = [
      ['directory', 'usr/lib'],
      ['symlink', 'lib', 'usr/lib'],
      ['file', 'lib/other.so'],
      ['file', 'usr/lib/ld.so'],
    ];
    expect(replacements(merged, again)).toEqual([]);
  });

  it('is noted of some only: a layer may replace as many as it has', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `d${index}`);
    const directories = names.map((name): Line => ['directory', name]);
    const files = names.map((name): Line => ['file', name]);
    expect(replacements(directories, files)).toHaveLength(256);
  });
});
