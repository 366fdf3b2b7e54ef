import { describe, expect, it } from 'vitest';
import type { TarHeader } from '../tar/index.ts';
import { LayeredTree } from './layered-tree.ts';
import type { TreeNode } from './tree-node.ts';

type Line = readonly [kind: TarHeader['kind'], path: string, linkTarget?: string];

/** Applies layers written as lines and describes the tree that comes out, one line a path. */
function apply(...layers: readonly (readonly Line[])[]): string[] {
  const tree = new LayeredTree('test');
  let contentId = 0;
  for (const layer of layers) {
    tree.startLayer();
    for (const [kind, path, linkTarget = ''] of layer) {
      const header = {
        kind,
        path,
        linkTarget,
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtimeSeconds: 0,
        sizeBytes: 1,
        xattrs: {},
      };
      tree.apply(header, (contentId += 1));
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

  it('do not get slow by a marker repeated', () => {
    const many: Line[] = Array.from({ length: 20_000 }, (_, index) => ['file', `d/f${index}`]);
    const markers: Line[] = Array.from({ length: 20_000 }, () => ['file', 'd/.wh..wh..opq']);
    expect(apply([...many], [...many, ...markers])).toHaveLength(20_001);
  });
});
