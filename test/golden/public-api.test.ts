import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/**
 * What a program can import from the package, as a reviewed list: an export that comes or goes is a change that someone
 * has seen. `npx vitest run test/golden/public-api.test.ts -u` writes it anew.
 */
const ENTRIES = { morsel: 'index.ts', 'morsel/elf': 'elf/index.ts', 'morsel/oci': 'oci.ts' };
const SRC = join(import.meta.dirname, '../../src');

async function describeEntry(name: string, file: string): Promise<string> {
  const path = join(SRC, file);
  const values = Object.entries((await import(path)) as Record<string, unknown>);
  const lines = values.map(([key, value]) => `  ${typeof value} ${key}`);
  const types = exportedTypes(readFileSync(path, 'utf8')).map((type) => `  type ${type}`);
  return [name, ...lines.sort(), ...types.sort(), ''].join('\n');
}

/** Types leave no trace at run time; an index has them in `export type { … }`, or marked within `export { … }`. */
function exportedTypes(source: string): string[] {
  return [...source.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, typeOnly, list = '']) =>
    list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '' && (typeOnly !== undefined || item.startsWith('type ')))
      .map((item) => (/ as (\w+)$/.exec(item)?.[1] ?? item).replace(/^type /, '')),
  );
}

it('is what was reviewed', async () => {
  const parts = await Promise.all(Object.entries(ENTRIES).map(([name, file]) => describeEntry(name, file)));
  await expect(parts.join('\n')).toMatchFileSnapshot('public-api.txt');
});
