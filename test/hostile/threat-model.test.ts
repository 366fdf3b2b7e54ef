import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../built-cli.ts';

/** docs/explanation/threat-model.md names each limit as the code has it: `NAME = VALUE`. */
it('the limits of the threat model are those of the code', () => {
  const page = readFileSync(join(ROOT, 'docs/explanation/threat-model.md'), 'utf8');
  const named = [...page.matchAll(/\| `([A-Z_]+ = [^`]+)` +\|/g)].map(([, text]) => `const ${text};`);
  const source = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
    .join('\n');
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((text) => !source.includes(text))).toEqual([]);
});
