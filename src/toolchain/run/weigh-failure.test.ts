import { describe, expect, it } from 'vitest';
import type { CompilePlan } from '../plan.ts';
import { CompileFailure, compileFailure } from './compile-failure.ts';
import { weighFailure } from './weigh-failure.ts';

const NO_QUESTIONS = {
  failureOf: () => Promise.resolve(null),
  ordinaryConfiguration: () => Promise.resolve(null),
};

/** What another compiler of the same C library would not do better, where the ordinary configuration succeeds. */
async function isHopeless(stderr: string): Promise<boolean> {
  const command = { program: '/usr/bin/cmake', args: [], purpose: 'configure app with musl-gcc' };
  const result = {
    exitCode: 1,
    signal: null,
    stdout: '',
    stderr,
    timedOut: false,
    droppedBytes: 0,
    elapsedMs: 1,
  };
  const failure = compileFailure({ command, line: 'cmake', result, workDirectory: '/work' });
  if (!(failure instanceof CompileFailure)) throw new Error('a failure of a compile');
  const plan = { ordinary: null } as CompilePlan;
  const step = { rung: 'static-musl', isConfiguration: true, directory: '/work/build' } as const;
  const error = await weighFailure(failure, plan, step, NO_QUESTIONS);
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
