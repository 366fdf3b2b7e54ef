import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MorselError } from '../../src/core/errors.ts';
import {
  type Closure,
  type ClosureRequest,
  findClosure,
  hostCpu,
  lddLines,
  loaderSession,
} from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';
import { requireInCi } from '../reference-tools.ts';
import { elfFiles, elfFilesBelow, TEST_ALL } from './elf-sample.ts';
import { askGlibc, askMusl, GLIBC_LOADER, MUSL_LOADER } from './loader-oracle.ts';

const QUICK_OBJECTS = 150;
const ALL_FOLDERS = ['/usr', '/opt', '/root', '/home', '/srv', '/var/lib'];

const objects = TEST_ALL
  ? ALL_FOLDERS.filter((path) => existsSync(path)).flatMap(elfFilesBelow)
  : elfFiles(QUICK_OBJECTS);
const hasGlibc = requireInCi(GLIBC_LOADER, existsSync(GLIBC_LOADER)) && process.arch === 'x64';
const hasMusl = requireInCi(MUSL_LOADER, existsSync(MUSL_LOADER)) && process.arch === 'x64';

const tree = directoryTree('/');
const session = loaderSession(tree);
const cpu = hostCpu();

/** null for what no loader takes: relocatable objects, cores, static programs, broken files. */
function closureOf(path: string, request: Partial<ClosureRequest> = {}): Closure | null {
  try {
    const closure = findClosure({ tree, session, cpu, path, ...request });
    return closure.loader === 'none' || closure.link.machine !== 'x86_64' ? null : closure;
  } catch (error) {
    if (error instanceof MorselError) return null;
    throw error;
  }
}

function text(lines: ReturnType<typeof lddLines>): string {
  return lines.map(({ name, path }) => `${name} => ${path ?? 'not found'}`).join('\n');
}

// The same paths as the real loaders, missing libraries included, in the same order.
describe('the objects of this machine, as their real loaders say', () => {
  it.skipIf(!hasGlibc)('glibc', { timeout: 3_600_000 }, () => {
    let compared = 0;
    const different: string[] = [];
    for (const path of objects) {
      const ours = closureOf(path);
      if (ours?.loader !== 'glibc' || ours.link.class !== 64 || ours.interpreter?.path !== GLIBC_LOADER)
        continue;
      const theirs = askGlibc(path, { hasInterpreter: ours.link.interpreter !== null });
      const same = ours.failures.length > 0 ? theirs.failed : text(lddLines(ours)) === text(theirs.lines);
      if (!same)
        different.push(`${path}\n--- ours\n${text(lddLines(ours))}\n--- ld.so\n${text(theirs.lines)}`);
      compared += 1;
    }
    expect(different).toEqual([]);
    // At least the programs of the sample are dynamic; a sample of none would agree too.
    expect(compared).toBeGreaterThan(50);
  });

  it.skipIf(!hasMusl)('musl, also on glibc libraries', { timeout: 3_600_000 }, () => {
    let compared = 0;
    const different: string[] = [];
    for (const path of objects) {
      const ours = closureOf(path, { interpreter: MUSL_LOADER });
      if (ours?.loader !== 'musl' || ours.link.class !== 64) continue;
      const theirs = askMusl(path);
      const same =
        text(lddLines(ours)) === text(theirs.lines) &&
        ours.missing.length + ours.failures.length ===
          theirs.complaints.split('Error loading shared library').length - 1;
      if (!same)
        different.push(
          `${path}\n--- ours\n${text(lddLines(ours))}\n--- ld-musl\n${text(theirs.lines)}\n${theirs.complaints}`,
        );
      compared += 1;
    }
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(20);
  });
});
