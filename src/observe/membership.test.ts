import { describe, expect, it } from 'vitest';
import { observeText, START_LINE, usesOf } from '../../test/observe-lines.ts';

describe('whose calls they are', () => {
  it('leaves out who was there before, and what they start', async () => {
    const lines = [
      '3 access("/a", F_OK) = 0',
      '3 execve("/bin/runtime", ["x"], 0x1) = 0',
      START_LINE,
      '3 access("/no", F_OK) = 0',
      '3 clone(child_stack=NULL, flags=CLONE_FS) = 12',
      '12 access("/no", F_OK) = 0',
      '9 access("/yes", F_OK) = 0',
      '',
    ];
    expect(usesOf(await observeText(lines.join('\n')))).toEqual({ '/yes': 'statted' });
  });

  it.each([
    [
      'made before the program, and silent until now',
      ['20 vfork() = 3'],
      '25 access("/new", F_OK) = 0',
      false,
    ],
    ['made by the sandbox now', ['20 vfork() = 3'], '40 access("/new", F_OK) = 0', false],
    ['made by the program', ['30 vfork() = 3'], '40 access("/new", F_OK) = 0', true],
    ['made by either', ['20 vfork() = 3', '30 vfork() = 3'], '40 access("/new", F_OK) = 0', true],
    ['made by nobody that is known', [], '40 access("/new", F_OK) = 0', true],
    [
      'made by the program, as the sandbox could not',
      [`20 vfork() = -1 EAGAIN (x)`],
      '40 access("/new", F_OK) = 0',
      true,
    ],
    ['half made by the sandbox', ['20 vfork( <unfinished ...>'], '40 access("/new", F_OK) = 0', false],
    [
      'of low numbers, which come again',
      ['30 fork() = 3', '30 fork() = 4', '5 exit(0) = ?'],
      '25 access("/new", F_OK) = 0',
      true,
    ],
    ['of the number of one that ended', ['20 exit_group(0) = ?'], '20 access("/new", F_OK) = 0', false],
    [
      'that was killed, and its number given again',
      ['30 fork() = 9', '35 +++ killed by SIGKILL +++'],
      '35 access("/new", F_OK) = 0',
      true,
    ],
  ])('tells one %s', async (_, before, line, isProgram) => {
    const lines = [
      '20 execve("/a", [], 0x1) = 0',
      '20 fork() = 2',
      '30 execve("/bin/x", ["x"], 0x1) = 0',
      ...before,
      line,
      '',
    ];
    expect(usesOf(await observeText(lines.join('\n')))).toEqual(isProgram ? { '/new': 'statted' } : {});
  });

  it('knows numbers that began again before the program', async () => {
    const lines = [
      '30 execve("/a", [], 0x1) = 0',
      '10 execve("/bin/x", ["x"], 0x1) = 0',
      ...[31, 5, 20].map((id) => `${id} access("/${id}", F_OK) = 0`),
      '',
    ];
    expect(usesOf(await observeText(lines.join('\n')))).toEqual({ '/20': 'statted' });
  });

  it('does not lose a child for all that are silent', async () => {
    const silent = Array.from({ length: 200 }, () => '30 clone(flags=CLONE_FS) = 3');
    const seen = Array.from({ length: 200 }, (_, index) => `${100 + index} access("/${index}", F_OK) = 0`);
    const lines = [
      '20 execve("/a", [], 0x1) = 0',
      '30 execve("/bin/x", ["x"], 0x1) = 0',
      ...silent,
      '20 fork() = 9',
      ...seen,
      '',
    ];
    expect((await observeText(lines.join('\n'))).found.size).toBe(201);
  });
});
