import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RawMember, rawLayout, rawTar } from '../../test/image-fixtures.ts';
import { removeTree } from '../core/remove-tree.ts';
import { type ImageTree, imageTree } from './image-tree.ts';
import { openImage } from '../places/open-image.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-image-tree-'));
afterAll(() => removeTree(work));
let round = 0;

async function read<T>(layers: readonly RawMember[][], use: (tree: ImageTree) => T): Promise<T> {
  const layout = join(work, String((round += 1)));
  rawLayout(layout, layers.map(rawTar));
  const image = await openImage(layout);
  try {
    const tree = await imageTree(image);
    try {
      return use(tree);
    } finally {
      tree.close();
    }
  } finally {
    image.close();
  }
}

describe('imageTree', () => {
  it('walks every path once, directories first, and knows further names of a file', async () => {
    const layers: RawMember[][] = [
      [
        { path: 'd/e/deep', content: 'deep' },
        { path: 'a', content: 'one' },
        { path: 'b', type: '1', link: 'a' },
        { path: 'gone', content: 'x' },
      ],
      [
        { path: 'd/c', type: '1', link: 'b' },
        { path: 'empty' },
        { path: '.wh.gone' },
        { path: 'l', type: '2', link: 'd' },
      ],
    ];
    const walked = await read(layers, (tree) =>
      [...tree.walk()].map((found) => {
        const text = found.open()?.read(0, 10).toString();
        return [found.path, found.entry.kind, found.isFurtherName, text] as const;
      }),
    );
    const paths = walked.map(([path]) => path);
    expect(paths.indexOf('/d')).toBeLessThan(paths.indexOf('/d/e'));
    expect(new Map(walked.map(([path, ...rest]) => [path, rest]))).toEqual(
      new Map([
        ['/d', ['directory', false, undefined]],
        ['/d/e', ['directory', false, undefined]],
        ['/d/e/deep', ['file', false, 'deep']],
        ['/a', ['file', false, 'one']],
        ['/b', ['file', true, 'one']],
        ['/d/c', ['file', true, 'one']],
        ['/empty', ['file', false, '']],
        ['/l', ['symlink', false, undefined]],
      ]),
    );
  });

  it('finds what is 2,000 directories deep, and beside it', async () => {
    const half = 'a/'.repeat(45);
    const layer: RawMember[] = [{ path: half, type: '5' }];
    // A name of a header has a hundred bytes: the way goes on through links.
    for (let index = 0; index < 40; index += 1) {
      const above = index === 0 ? '' : `l${index - 1}/`;
      layer.push(
        { path: `${above}${half}x`, type: '5' },
        { path: `l${index}`, type: '2', link: `${above}${half}` },
      );
    }
    layer.push({ path: 'l39/file', content: 'here' });
    const deep = `/${'a/'.repeat(45 * 40)}`;
    await read([layer], (tree) => {
      expect(tree.open(`${deep}file`)?.read(0, 10).toString()).toBe('here');
      expect(tree.lstat(`${deep}none`)).toBeNull();
      expect(tree.resolve('/l39/file')?.path).toBe(`${deep}file`);
      expect(tree.lstat('/a/b')).toBeNull();
      expect(tree.lstat('/a/a')?.kind).toBe('directory');
      expect(tree.resolve('/')?.entry.kind).toBe('directory');
    });
  });
});
