import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assembleProgram } from '../../src/sandbox/launcher/assemble-program.ts';
import { STATUS_FD } from '../../src/sandbox/launcher/descriptors.ts';
import { enterSteps } from '../../src/sandbox/launcher/enter-steps.ts';
import { hasTool, requireTool } from '../reference-tools.ts';

/**
 * The first program of every chain leaves the caller's session keyring. Within the sandbox the filter refuses keyctl
 * too, so that only here, without it, can be seen that the keyring is another one.
 */
let folder = '';
beforeAll(() => {
  requireTool('gcc');
  folder = mkdtempSync(join(tmpdir(), 'sandbox-keyring-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LOOKS_FOR_KEY = String.raw`
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
  char key[64] = {0};
  long id = syscall(SYS_keyctl, 10L, -3L, "user", "morsel-test", 0L);
  if (id < 0) { puts("no key"); return 0; }
  syscall(SYS_keyctl, 11L, id, key, 63L);
  printf("the key is %s\n", key);
  return 0;
}
`;

/** In a session keyring of its own, with a key in it, runs each command line. keyctl(2), add_key(2) by number: x86-64. */
const WITH_KEY = `
import ctypes, subprocess, sys
libc = ctypes.CDLL(None)
libc.syscall(250, 1, b'morsel-test')
assert libc.syscall(248, b'user', b'morsel-test', b'secret', 6, -3) > 0
for program in sys.argv[1:]: print(subprocess.run([program], capture_output=True, text=True).stdout, end='')
`;
import { requireMachine } from '../../src/sandbox/sandbox-machine.ts';

it.skipIf(!hasTool('python3') || process.arch !== 'x64')('does not hand the caller’s keys on', () => {
  const looks = join(folder, 'looks');
  execFileSync('gcc', ['-o', looks, '-x', 'c', '-'], { input: LOOKS_FOR_KEY });
  const enter = join(folder, 'enter');
  const program = assembleProgram(requireMachine(), enterSteps([], [looks], '/usr/bin:/bin', null), {
    fd: STATUS_FD,
    firstStep: 0,
  });
  writeFileSync(enter, program, { mode: 0o755 });
  const said = execFileSync('python3', ['-c', WITH_KEY, looks, enter], { encoding: 'utf8' });
  expect(said).toBe('the key is secret\nno key\n');
});
