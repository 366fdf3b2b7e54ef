import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../built-cli.ts';
import { runToolOk } from '../run-tool.ts';
import { type Declaration, Declarations } from './declarations.ts';

/**
 * What a program can import from the package, and the types of all of it: an export that comes or goes, a field that
 * changes its type, is a change that someone has seen. `npx vitest run test/golden/public-api.test.ts -u` writes it anew.
 */
const ENTRIES = { morsel: 'index.d.ts', 'morsel/elf': 'elf/index.d.ts', 'morsel/oci': 'index-oci.d.ts' };

let out = '';
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'morsel-api-'));
  const args = ['-p', join(ROOT, 'tsconfig.build.json'), '--emitDeclarationOnly', '--outDir', out];
  await runToolOk(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...args]);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Files are not named: to move one changes nothing for whoever imports the entry. */
function describeEntry(entry: string, file: string): string {
  const declarations = new Declarations();
  const exported = declarations.exportsOf(join(out, file));
  const others = declarations
    .reachedFrom(exported.values())
    .filter((one) => ![...exported.values()].includes(one));
  const texts = [...exported].map(([name, one]) =>
    name === one.name ? one.text : `// as ${name}:\n${one.text}`,
  );
  return [`// ${entry} exports`, ...texts.sort(), `// ${entry} speaks of`, ...textsOf(others)].join('\n\n');
}

const textsOf = (declarations: readonly Declaration[]): readonly string[] =>
  declarations.map(({ text }) => text).sort();

it('is what was reviewed', async () => {
  const parts = Object.entries(ENTRIES).map(([entry, file]) => describeEntry(entry, file));
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('public-api.txt');
});
