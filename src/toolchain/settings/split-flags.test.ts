import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { splitFlags } from './split-flags.ts';

describe('splitFlags', () => {
  it.each([
    '',
    '  ',
    '-O3  -march=native\t-g',
    `-DNAME='"a b"' -DX="c d"e`,
    String.raw`-DPATH=\"/usr/a\ b\" '-Da\b' "-Dc\"d\e"`,
    `'' "" -x''`,
  ])('splits %j as a shell does', (text) => {
    const shell = spawnSync('sh', ['-c', `for word in ${text}; do printf '%s\\0' "$word"; done`], {
      encoding: 'utf8',
    });
    expect(shell.stderr).toBe('');
    expect(splitFlags(text)).toEqual(shell.stdout.split('\0').slice(0, -1));
  });

  it('expands nothing', () => {
    expect(splitFlags('-I$HOME *.c `id` ~/x #y')).toEqual(['-I$HOME', '*.c', '`id`', '~/x', '#y']);
  });
});
