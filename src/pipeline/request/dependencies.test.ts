import { describe, expect, it } from 'vitest';
import { dependenciesOf } from './dependencies.ts';
import { parseConfiguration } from './parse-configuration.ts';

const parse = (dependencies: unknown) => parseConfiguration(JSON.stringify({ dependencies }), 'morsel.json');
const SHA = 'a'.repeat(64);

describe('dependencies of morsel.json', () => {
  it.each([
    [['ncurses']],
    [[{ name: 'x', source: 'debian:libx', configure: ['--without-y'] }]],
    [[{ name: 'x', source: 'https://example.org/x.tar.gz', sha256: SHA }]],
    [[{ name: 'x', source: 'vendor/x' }]],
  ])('are taken: %j', async (dependencies) => {
    expect((await parse(dependencies)).fields.dependencies).toEqual(dependencies);
  });

  it.each<[unknown, RegExp]>([
    ['ncurses', /dependencies/],
    [['NCurses'], /lower case/],
    [['../x'], /lower case/],
    [[{ source: 'debian:x' }], /name/],
    [[{ name: 'x', url: 'y' }], /url/],
    [['x', { name: 'x' }], /once more/],
    [[{ name: 'x', source: 'https://example.org/x.tar.gz' }], /without the digest/],
    [[{ name: 'x', source: 'https://example.org/x', sha256: 'ff' }], /64 hexadecimal/],
    [[{ name: 'x', source: 'debian:x', sha256: SHA }], /of a URL alone/],
    [[{ name: 'x', source: '../x' }], /leads out of the project/],
    [[{ name: 'x', source: 'file:///etc/passwd' }], /is no source/],
    [[{ name: 'x', source: 'debian:X Y' }], /is no source/],
    [[{ name: 'x', source: 'https://user@example.org/x', sha256: SHA }], /of a URL alone|is no source/],
    [[{ name: 'x', configure: ['a\0b'] }], /NUL/],
    [Array.from({ length: 101 }, (_, index) => `x${index}`), /at most 100/],
  ])('are refused: %j', async (dependencies, message) => {
    await expect(parse(dependencies)).rejects.toThrow(message);
  });

  it('name paths from the folder of the file on', () => {
    expect(
      dependenciesOf(['z', { name: 'x', source: 'v/x' }, { name: 'y', source: 'debian:y' }], '/p'),
    ).toEqual([{ name: 'z' }, { name: 'x', source: '/p/v/x' }, { name: 'y', source: 'debian:y' }]);
  });
});
