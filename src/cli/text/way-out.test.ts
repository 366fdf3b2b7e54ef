import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** All of cli/, not this folder alone. */
const CLI = join(import.meta.dirname, '..');

describe('the way out', () => {
  const sources = readdirSync(CLI, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'text/standard-streams.ts',
  );

  it.each(sources)('%s writes by `writeOutput`, which takes escaped text only', (name) => {
    const source = readFileSync(join(CLI, name), 'utf8');
    expect(source).not.toMatch(/console\.|process\.(stdout|stderr)\.(?!columns)|writeSync|emitWarning/);
  });
});
