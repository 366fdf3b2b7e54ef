import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../built-cli.ts';

const IMPORTS = JSON.parse(readFileSync(join(ROOT, 'scripts/import-table.json'), 'utf8')) as Record<
  string,
  readonly string[]
>;

/** The rows of the folder table: `| `folder/` | what it knows | what it may import |`. */
function readFolderTable(): Record<string, readonly string[]> {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const table: Record<string, readonly string[]> = {};
  for (const [, folder = '', words = ''] of text.matchAll(/^\| `([a-z]+)\/` +\|.*\| ([^|]+?) +\|$/gm))
    if (folder !== 'cli') table[folder] = foldersOf(words, Object.keys(table));
  return table;
}

/** `nothing of ours`, `all above`, `all above but tar`, or a list. */
function foldersOf(words: string, above: readonly string[]): readonly string[] {
  if (words === 'nothing of ours') return [];
  const but = /^all above(?: but (.+))?$/.exec(words);
  if (but === null) return words.split(', ').sort();
  const left = but[1]?.split(', ') ?? [];
  return above.filter((folder) => !left.includes(folder)).sort();
}

it('shows the folder table that the linter executes', () => {
  const executed = Object.entries(IMPORTS).map(([folder, imports]) => [folder, [...imports].sort()] as const);
  expect(readFolderTable()).toEqual(Object.fromEntries(executed));
});
