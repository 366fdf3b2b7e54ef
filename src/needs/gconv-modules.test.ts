import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { directoryTree } from '../rootfs/index.ts';
import { gconvModules } from './gconv-modules.ts';

const root = mkdtempSync(join(tmpdir(), 'morsel-gconv-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('finds modules by name and alias, in both files, and takes no path for a module', () => {
  mkdirSync(join(root, 'gconv/gconv-modules.d'), { recursive: true });
  const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;
  writeFileSync(
    join(root, 'gconv/gconv-modules'),
    lines(
      '# a comment',
      'alias\tLATIN1//\tISO-8859-1//',
      'module ISO-8859-1//\tINTERNAL\tISO8859-1\t1',
      'alias A// B//',
      'alias B// A//',
    ),
  );
  writeFileSync(
    join(root, 'gconv/gconv-modules.d/extra.conf'),
    lines(
      'alias SHIFT_JIS// SJIS//',
      'module SJIS// INTERNAL SJIS 1',
      'module INTERNAL SJIS// SJIS 1',
      'module EVIL// INTERNAL ../../evil 1',
    ),
  );
  const find = (...names: readonly string[]) => gconvModules(directoryTree(root), '/gconv', names);
  expect(find('shift_jis//TRANSLIT')).toEqual(['/gconv/SJIS.so']);
  expect(find('LATIN1', 'SJIS')).toEqual(['/gconv/ISO8859-1.so', '/gconv/SJIS.so']);
  expect(find('EVIL', 'A', 'UTF-8', '//TRANSLIT')).toEqual([]);
});
