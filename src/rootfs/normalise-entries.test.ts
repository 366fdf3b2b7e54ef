import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../core/byte-source.ts';
import type { LayerEntry } from './layer-entry.ts';
import { LAYER_CONTENT_LIMIT_BYTES, normaliseEntries, normaliseImagePath } from './normalise-entries.ts';
import { parentDirectories } from './parent-directories.ts';

const file = (path: string, content = 'x', reason = 'test', more: Partial<LayerEntry> = {}): LayerEntry =>
  ({
    kind: 'file',
    path,
    mode: 0o644,
    sizeBytes: Buffer.byteLength(content),
    open: () => memoryByteSource(Buffer.from(content)),
    reason,
    ...more,
  }) as LayerEntry;
const link = (path: string, target: string): LayerEntry => ({
  kind: 'symlink',
  path,
  target,
  reason: 'test',
});
const directory = (path: string, mode = 0o755): LayerEntry => ({
  kind: 'directory',
  path,
  mode,
  reason: 'test',
});

describe('normaliseEntries', () => {
  it('sorts by bytes, parents first', () => {
    const entries = [file('/b'), file('/a/z'), file('/a-b'), directory('/a'), file('/Z'), file('/é')];
    expect(normaliseEntries(entries).map((entry) => entry.path)).toEqual([
      '/Z',
      '/a',
      '/a-b',
      '/a/z',
      '/b',
      '/é',
    ]);
  });

  it('makes one of two entries that say the same, with both reasons', () => {
    const [only, ...others] = normaliseEntries([
      file('/etc/passwd', 'root', 'getpwnam'),
      file('/etc//passwd', 'root', 'USER'),
    ]);
    expect(others).toEqual([]);
    expect(only?.reason).toBe('getpwnam; USER');
  });

  it.each<[string, LayerEntry, LayerEntry]>([
    ['contents', file('/a', 'one'), file('/a', 'two')],
    ['sizes', file('/a', 'one'), file('/a', 'longer')],
    ['modes', file('/a'), file('/a', 'x', 'test', { mode: 0o755 } as Partial<LayerEntry>)],
    ['owners', file('/a'), file('/a', 'x', 'test', { uid: 5 })],
    [
      'attributes',
      file('/a'),
      file('/a', 'x', 'test', { xattrs: { 'user.a': Buffer.from('1') } } as Partial<LayerEntry>),
    ],
    ['kinds', file('/a'), directory('/a')],
    ['targets', link('/a', 'b'), link('/a', 'c')],
  ])('refuses two entries of one path with different %s', (_what, one, other) => {
    expect(() => normaliseEntries([one, other])).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('/a') }),
    );
  });

  it('refuses more content than readers would unpack, by the sizes alone', () => {
    const large = { sizeBytes: LAYER_CONTENT_LIMIT_BYTES / 2 };
    const both = [file('/a', 'x', 'test', large), file('/b', 'x', 'test', large)];
    expect(normaliseEntries(both)).toHaveLength(2);
    expect(() => normaliseEntries([...both, file('/c')])).toThrowError(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        hint: expect.stringContaining('mount it') as string,
      }),
    );
  });

  it('refuses what is below a file or a link', () => {
    expect(() => normaliseEntries([file('/a'), file('/a/b/c')])).toThrow(/\/a is a file/);
    expect(() => normaliseEntries([link('/lib', 'usr/lib'), file('/lib/x')])).toThrow(
      /\/lib is a symbolic link/,
    );
  });

  it.each([
    'relative',
    '/a/../b',
    '/',
    '',
    '//',
    '/a\0b',
    '/.wh.x',
    `/${'n'.repeat(256)}`,
    `/${'d/'.repeat(2100)}f`,
  ])('refuses the path %j', (path) => {
    expect(() => normaliseImagePath(path)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('normalises the others', () => {
    expect(normaliseImagePath('//usr/./bin//x/')).toBe('/usr/bin/x');
  });
});

describe('parentDirectories', () => {
  it('are those that no entry gives, each once', () => {
    const parents = parentDirectories([
      file('/usr/lib/a'),
      file('/usr/lib/b'),
      directory('/var'),
      file('/var/x'),
      file('/top'),
    ]);
    expect(parents.map(({ path, mode }) => [path, mode])).toEqual([
      ['/usr/lib', 0o755],
      ['/usr', 0o755],
    ]);
  });
});
