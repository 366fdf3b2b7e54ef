import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findClosure, isDriverLibrary } from '../../src/loader/index.ts';
import { addOpenedLibraries } from '../../src/pipeline/plan/opened-libraries.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { compile, emptyRoot, needOf, removeRoots, run, supply, temporaryDirectory } from './needs-root.ts';

/** Libraries that no DT_NEEDED names: the failure without them, and the cure, are observed. */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
afterAll(removeRoots);

const open = (name: string): string =>
  `#include <dlfcn.h>\n#include <stdio.h>\nint main(void){void*h=dlopen("${name}",RTLD_NOW);if(!h)fprintf(stderr,"%s\\n",dlerror());return !h;}`;

/** As `SD_ELF_NOTE_DLOPEN` of systemd writes it. */
const noted = (name: string, priority: string, opened = name): string => {
  const json = JSON.stringify(
    JSON.stringify([{ feature: 'f', priority, soname: ['libnowhere.so.9', name] }]),
  );
  return `#include <stdint.h>\n#define J ${json}\n__attribute__((used,section(".note.dlopen"),aligned(4))) static const struct { uint32_t n,d,t; char name[4]; char j[sizeof(J)]; } note = {4,sizeof(J),0x407c0c0a,"FDO",J};\n${
    // Put together at run time, so that only the note tells.
    open('%s').replace(
      'void*h=dlopen("%s",RTLD_NOW)',
      `char n[64];sprintf(n,"lib%s",${JSON.stringify(opened.slice(3))});void*h=dlopen(n,RTLD_NOW)`,
    )
  }`;
};

describe.skipIf(!isRoot || !hasTool('gcc'))('libraries that a program opens by itself', () => {
  it.each([
    ['a literal of the program', open('libm.so.6')],
    ['a note that requires', noted('libm.so.6', 'required')],
    ['a note that recommends', noted('libm.so.6', 'recommended')],
  ])('%s', (_what, source) => {
    const root = emptyRoot(compile('gcc', source));
    expect(run(root)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('libm.so.6: cannot open shared object file') as string,
    });
    expect(needOf(root, 'dlopened-libraries')).toMatchObject({ level: 'likely' });
    const supplied = supply(root).libraries;
    const { closure, findings } = addOpenedLibraries(root.closure, supplied);
    expect(closure?.libraries.map(({ name }) => name)).toContain('libm.so.6');
    expect(findings).toEqual([]);
    for (const { otherNames = [] } of supplied)
      if (otherNames.length > 0) supply({ ...root, needs: named(root.needs, otherNames) });
    expect(run(root)).toMatchObject({ exitCode: 0 });
  });

  it('a note that suggests names it, and nothing is packed', () => {
    const root = emptyRoot(compile('gcc', noted('libm.so.6', 'suggested')));
    expect(needOf(root, 'dlopened-libraries')).toMatchObject({
      level: 'possible',
      libraries: [{ names: ['libnowhere.so.9', 'libm.so.6'], priority: 'optional' }],
    });
    expect(supply(root).libraries).toEqual([]);
  });

  it('one that is nowhere is a finding where it is required, and ends nothing', () => {
    const root = emptyRoot(compile('gcc', noted('libnever.so.1', 'required')));
    const { closure, findings } = addOpenedLibraries(root.closure, supply(root).libraries);
    expect(closure?.missing).toEqual([]);
    expect(findings).toMatchObject([
      { level: 'warning', message: expect.stringContaining('libnowhere.so.9 or libnever.so.1') as string },
    ]);
    const recommended = emptyRoot(compile('gcc', noted('libnever.so.1', 'recommended')));
    expect(addOpenedLibraries(recommended.closure, supply(recommended).libraries).findings).toEqual([]);
  });

  it('a literal without dlopen is a text, and one of a library is only named', () => {
    const text = open('libm.so.6').replace('dlopen("libm.so.6",RTLD_NOW)', '(void*)!puts("libm.so.6")');
    expect(needOf(emptyRoot(compile('gcc', text)), 'dlopened-libraries')).toBeUndefined();
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'own.c'), open('libm.so.6').replace('main', 'own'));
    execFileSync('gcc', ['-shared', '-fPIC', '-o', join(folder, 'libown.so.1'), join(folder, 'own.c')]);
    const program = compile(
      'gcc',
      'int own(void);int main(void){return own();}',
      join(folder, 'libown.so.1'),
    );
    expect(needOf(emptyRoot(program), 'dlopened-libraries')).toMatchObject({
      level: 'possible',
      libraries: [{ names: ['libm.so.6'], priority: 'optional', openedBy: join(folder, 'libown.so.1') }],
    });
  });

  it("a driver's is left out of the closure, and said", () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'cuda.c'), 'int cuInit(unsigned f){return 0;}');
    const library = join(folder, 'libcuda.so.1');
    execFileSync('gcc', [
      '-shared',
      '-fPIC',
      '-Wl,-soname,libcuda.so.1',
      '-o',
      library,
      join(folder, 'cuda.c'),
    ]);
    const program = compile(
      'gcc',
      'int cuInit(unsigned);int main(void){return cuInit(0);}',
      library,
      `-Wl,-rpath,${folder}`,
    );
    const closure = findClosure({ tree: directoryTree('/'), path: program, leaveOut: isDriverLibrary });
    expect(closure.leftOut).toEqual([{ name: 'libcuda.so.1', neededBy: program, path: library }]);
    const root = emptyRoot(program);
    expect(needOf(root, 'driver-libraries')).toMatchObject({
      level: 'likely',
      details: { libraries: 'libcuda.so.1' },
    });
    expect(supply(root).findings).toMatchObject([{ need: 'driver-libraries' }]);
  });
});

/** The same needs, as if the other names had been the first. */
function named(
  needs: ReturnType<typeof emptyRoot>['needs'],
  names: readonly string[],
): ReturnType<typeof emptyRoot>['needs'] {
  return needs.map((need) => ({
    ...need,
    ...(need.libraries && { libraries: need.libraries.map((library) => ({ ...library, names })) }),
  }));
}
