import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importProblem } from './lint-plugin.mjs';
import { ROOT } from './run.mjs';

function problem(file: string, specifier: string, typeOnly = false): string | undefined {
  return importProblem({ file: join(ROOT, file), specifier, typeOnly });
}

describe('the import table', () => {
  it('lets a folder import itself, core and what the table names', () => {
    expect(problem('src/elf/header.ts', './machine.ts')).toBeUndefined();
    expect(problem('src/toolchain/rust/plan.ts', '../plan.ts')).toBeUndefined();
    expect(problem('src/elf/header.ts', '../core/errors.ts')).toBeUndefined();
    expect(problem('src/loader/search.ts', '../elf/index.ts')).toBeUndefined();
    expect(problem('src/elf/header.ts', 'node:fs')).toBeUndefined();
  });

  it('teaches where a folder reaches too far', () => {
    expect(problem('src/elf/header.ts', '../oci/index.ts')).toBe(
      'elf/ is a leaf: it may import only core/ (scripts/import-table.json), not oci/',
    );
    expect(problem('src/core/errors.ts', '../elf/index.ts')).toContain(
      'core/ is a leaf: it may import nothing of ours',
    );
    expect(problem('src/layers/read-layer.ts', '../pipeline/index.ts', true)).toContain(
      'may import only core/, tar/, rootfs/, oci/',
    );
    expect(problem('src/elf/header.ts', '../index.ts')).toContain('not src/index.ts');
  });

  it('keeps cli/ to the public library', () => {
    expect(problem('src/cli/commands/build.ts', '../../index.ts')).toBeUndefined();
    expect(problem('src/cli/commands/build.ts', '../../core/errors.ts')).toBeUndefined();
    expect(problem('src/cli/commands/build.ts', '../../elf/index.ts')).toContain(
      'cli/ is the first customer',
    );
    expect(problem('src/cli/start/program.ts', 'commander')).toBeUndefined();
  });

  it('takes values from an index only, and types from any file', () => {
    expect(problem('src/loader/search.ts', '../elf/facts.ts')).toContain('from its index.ts');
    expect(problem('src/loader/search.ts', '../elf/facts.ts', true)).toBeUndefined();
  });

  it('refuses packages that no decision names, and files outside src/', () => {
    expect(problem('src/project/cargo.ts', 'smol-toml')).toBeUndefined();
    expect(problem('src/pipeline/plan.ts', 'commander')).toContain('docs/decisions/');
    expect(problem('src/pipeline/plan.ts', '@scope/x/y')).toContain('the package @scope/x ');
    expect(problem('src/pipeline/plan.ts', '../../test/engines.ts')).toContain('outside src/');
  });

  it('asks for a decision about a new folder', () => {
    expect(problem('src/brandnew/x.ts', '../core/errors.ts')).toContain(
      'brandnew/ is not in scripts/import-table.json',
    );
  });

  it('leaves tests alone', () => {
    expect(problem('src/elf/header.test.ts', '../oci/index.ts')).toBeUndefined();
    expect(problem('test/engines.ts', '../src/oci/index.ts')).toBeUndefined();
  });
});
