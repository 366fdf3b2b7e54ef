import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../core/byte-source.ts';
import { openElf, readElf } from '../elf/index.ts';
import { hasTool } from '../../test/reference-tools.ts';
import { findNeeds, type Need } from './index.ts';

/** What the shipped bytes say, with and without the program that the linker left. */
function needsOf(path: string, unstrippedPath: string | null): readonly Need[] {
  const source = openByteSource(path);
  const unstripped = unstrippedPath === null ? null : openByteSource(unstrippedPath);
  try {
    const facts = readElf(source);
    return findNeeds({ facts, source, ...(unstripped !== null && { unstripped: openElf(unstripped) }) });
  } finally {
    source.close();
    unstripped?.close();
  }
}

describe.skipIf(!hasTool('musl-gcc') || !hasTool('strip'))('needs of a program that was stripped', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'unstripped-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function compileAndStrip(source: string): { readonly stripped: string; readonly unstripped: string } {
    const [file, unstripped, stripped] = ['a.c', 'a', 'b'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(file, source);
    execFileSync('musl-gcc', ['-g', '-static', '-w', '-o', unstripped, file]);
    execFileSync('strip', ['--strip-all', '-o', stripped, unstripped]);
    return { stripped, unstripped };
  }

  it('are those of its functions', () => {
    const { stripped, unstripped } = compileAndStrip(
      '#include <stdlib.h>\n#include <netdb.h>\nint main(void){return getservbyname("x","tcp")!=0;}',
    );
    expect(needsOf(stripped, null).find(({ need }) => need === 'services')?.level).not.toBe('likely');
    expect(needsOf(stripped, unstripped).find(({ need }) => need === 'services')).toMatchObject({
      level: 'likely',
      evidence: `uses getservbyname (${stripped})`,
    });
  });

  it('are not those of the folder in its debugging information', () => {
    const { stripped, unstripped } = compileAndStrip('int main(void){return 0;}');
    expect(directory).toContain('/tmp');
    expect(needsOf(stripped, unstripped)).toEqual([]);
  });
});
