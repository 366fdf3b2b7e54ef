import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runProgram } from './program.ts';
import type { Text } from '../text/text.ts';

let stderr = '';
let stdout = '';

vi.mock('../text/standard-streams.ts', () => ({
  writeOutput: (descriptor: 1 | 2, text: Text) => {
    if (descriptor === 1) stdout += text.shown;
    else stderr += text.shown;
  },
}));

beforeEach(() => {
  stderr = stdout = '';
});

describe('errors of usage', () => {
  it.each([
    [['build', '--bogus'], "unknown option '--bogus'", 'morsel build --help'],
    [['bogus'], "unknown command 'bogus'", 'morsel --help'],
    [['build', '--rung', 'bogus'], 'Allowed choices are', 'morsel build --help'],
    [['build', '--size', 'bogus'], 'Allowed choices are', 'morsel build --help'],
    [['build', ''], 'the path is empty', 'name a project'],
    [['build', '--load', '-o', 'layout/'], '--load needs an archive', 'FILE.tar'],
    [['build', '--load=podman', '-o', 'layout/'], '--load needs an archive', 'FILE.tar'],
    [['build', '--load=docker', '--load=podman'], 'into one engine', 'docker load'],
    [['build', '--load=containerd'], "unknown option '--load=containerd'", 'build --help'],
    [['inspect'], "missing required argument 'target'", 'morsel inspect --help'],
  ])('%s: error, hint and code on stderr, and 2', async (argv, message, hint) => {
    expect(await runProgram(argv)).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^(\u001B\[\d+m)?error:/);
    expect(stderr).toContain(`hint: `);
    expect(stderr).toContain(hint);
    expect(stderr).toMatch(/\n {2}code: USAGE\n$/);
    expect(stdout).toBe('');
  });

  it('are one line, with what commander suggests', async () => {
    await runProgram(['build', '--otput', 'x']);
    expect(stderr).toContain("unknown option '--otput' (Did you mean --output?)\n");
    stderr = '';
    await runProgram(['build', '--x\n  passed  starts\u001B[2K']);
    expect(stderr).toContain("unknown option '--x\\n  passed  starts\\u001b[2K'\n");
  });

  it('are one JSON object where JSON was asked for', async () => {
    expect(await runProgram(['build', '--format', 'json', '--bogus'])).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'USAGE', message: "unknown option '--bogus'" });
  });

  it('of run end with 125, as docker run does', async () => {
    expect(await runProgram(['run', '--bogus', 'x.tar'])).toBe(125);
    expect(await runProgram(['run'])).toBe(125);
  });

  it('do not take the words of the program that is run for morsel\u2019s own', async () => {
    expect(await runProgram(['run', '/nonexistent.tar', '--', '--format', 'json'])).toBe(125);
    expect(stderr).toContain('\n  code: NOT_FOUND\n');
  });
});

describe('help', () => {
  it('is a result: stdout, and 0', async () => {
    expect(await runProgram(['build', '--help'])).toBe(0);
    expect(stdout).toContain('--require-proof');
    expect(stderr).toBe('');
  });

  it('without a command is an answer to a mistake: stderr, and 2', async () => {
    expect(await runProgram([])).toBe(2);
    expect(stderr).toContain('Commands:');
    expect(stdout).toBe('');
  });
});
