import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CompilePlan } from '../plan.ts';
import { CompileFailure, compileFailure } from './compile-failure.ts';
import { weighFailure } from './weigh-failure.ts';

const NO_QUESTIONS = {
  failureOf: () => Promise.resolve(null),
  ordinaryConfiguration: () => Promise.resolve(null),
};

function failed(program: string, stderr: string): CompileFailure {
  const command = { program, args: [], purpose: 'build app' };
  const result = {
    exitCode: 1,
    signal: null,
    stdout: '',
    stderr,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 1,
  };
  const failure = compileFailure({ command, line: program, result, workDirectory: '/work' });
  if (!(failure instanceof CompileFailure)) throw new Error('a failure of a compile');
  return failure;
}

/** What another compiler of the same C library would not do better, where the ordinary configuration succeeds. */
async function isHopeless(stderr: string): Promise<boolean> {
  const plan = { ordinary: null } as CompilePlan;
  const step = { rung: 'static-musl', isConfiguration: true, directory: '/work/build' } as const;
  const error = await weighFailure(failed('/usr/bin/cmake', stderr), plan, step, NO_QUESTIONS);
  return error.details?.['hopeless'] === true;
}

describe('a library that is missing for one C library is not looked for with another compiler of it', () => {
  it.each([
    'CMake Error at CMakeLists.txt:3 (message):\n  Could NOT find OpenSSL',
    // find_library without REQUIRED: CMake says so when it has read everything.
    'CMake Error: The following variables are used in this project, but they are set to NOTFOUND.\nPlease set them or make sure they are set and tested correctly in the CMake files:\nCURSES_LIB\n    linked by target "app" in directory /src',
  ])('%s', async (stderr) => {
    expect(await isHopeless(stderr)).toBe(true);
  });

  it('and a broken compiler is no missing library', async () => {
    const stderr =
      'CMake Error at CMakeLists.txt:2 (project):\n  The C compiler is not able to compile a simple test program.';
    expect(await isHopeless(stderr)).toBe(false);
  });
});

describe('what the ordinary compiler refuses too', () => {
  const step = { rung: 'static-musl', isConfiguration: false, directory: '/work/src' } as const;
  const about = { kind: 'call', language: 'c', cwd: '/work/src', args: ['-c', 'str.c'] } as const;
  const plan = {
    ordinary: { c: ['cc'], cxx: null, env: {}, about },
    fallback: null,
    configuration: null,
    copySources: null,
  } as unknown as CompilePlan;
  const ofMusl = failed(
    'make',
    'In file included from str.c:1:\ncommon.h:9:10: fatal error: own.h: No such file or directory\n',
  );

  const isFinal = async (stderr: string): Promise<boolean> => {
    const failureOf = () => Promise.resolve(failed('cc', stderr));
    const error = await weighFailure(ofMusl, plan, step, { ...NO_QUESTIONS, failureOf });
    return error.details?.['final'] === true;
  };

  it('ends the ladder where it is the same', async () => {
    expect(await isFinal('common.h:9:10: fatal error: own.h: No such file or directory\n')).toBe(true);
  });

  it('is another matter elsewhere: the tree is configured for musl, which has that header (stunnel)', async () => {
    expect(await isFinal('common.h:318:10: fatal error: stropts.h: No such file or directory\n')).toBe(false);
    expect(await isFinal('other.h:9:10: fatal error: x.h: No such file or directory\n')).toBe(false);
  });

  it('may be of a header that the build has written for musl (calc), or of its configuration', async () => {
    const undeclared =
      "In file included from str.c:1:\ngen.h:15:86: error: 'POS' undeclared (first use in this function)\n";
    const tree = mkdtempSync(join(tmpdir(), 'weigh-'));
    try {
      const copied = { ...plan, copySources: { from: tree, to: '/work/src', exclude: [] } };
      const weighed = async (one: CompilePlan): Promise<boolean> => {
        const failureOf = () => Promise.resolve(failed('cc', undeclared));
        const error = await weighFailure(failed('make', undeclared), one, step, {
          ...NO_QUESTIONS,
          failureOf,
        });
        return error.details?.['final'] === true;
      };
      expect(await weighed(copied)).toBe(false);
      writeFileSync(join(tree, 'gen.h'), '');
      expect(await weighed(copied)).toBe(true);
      expect(await weighed({ ...copied, configuration: { kind: 'autotools', directory: '/work/src' } })).toBe(
        false,
      );
    } finally {
      rmSync(tree, { recursive: true });
    }
  });
});
