import { chmodSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { morsel } from '../built-cli.ts';
import { expectedNothing, findProcesses } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { SANDBOXES } from '../../src/core/choices.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());
const isRoot = requireInCi('root, for sandboxes', process.getuid?.() === 0);

const image = (): Promise<string> => targets.image(targets.static());
const run = async (...args: readonly string[]) => targets.morsel('run', await image(), ...args);

describe.skipIf(!isRoot)('the program’s own words and exit code', () => {
  it('of a static program: stdout is its own, and nothing else', async () => {
    expect(await run()).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' });
  });

  it('of a dynamic program', async () => {
    const result = await targets.morsel('run', await targets.image(targets.dynamic()));
    expect(result).toEqual({ exitCode: 0, stdout: 'hello\n', stderr: '' });
  });

  it.each([1, 2, 5, 70, 130, 255])('%i passes through', async (code) => {
    expect(await run('--', 'exit', String(code))).toEqual({ exitCode: code, stdout: '', stderr: '' });
  });

  it('a signal is 128 and its number', async () => {
    expect((await run('--', 'signal', '11')).exitCode).toBe(139);
  });

  it('its stderr is its own', async () => {
    const { exitCode, stdout, stderr } = await run('--', 'complain');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe('unshare: sigprocmask unblock failed: Invalid argument\n');
  });

  it('its stdin is the caller’s', async () => {
    const options = { env: targets.place.environment(), stdin: 'the input\n' };
    expect(await morsel(['run', await image(), '--', 'stdin'], options)).toMatchObject({
      exitCode: 0,
      stdout: 'the input\n',
    });
  });
});

describe.skipIf(!isRoot)('flags', () => {
  it('--env, --workdir and --user reach the program', async () => {
    const who = await run('--user', '1234:1235', '--workdir', '/proc', '--', 'who');
    expect(who.stdout).toMatch(/^uid=1234 gid=1235 .* cwd=\/proc /);
    expect((await run('--env', 'GREETING=good day', '--', 'env')).stdout).toMatch(/^GREETING=good day$/m);
  });

  it('--volume binds a file, and with :ro nobody writes to it', async () => {
    const file = targets.place.write('bound', 'content\n');
    chmodSync(file, 0o666); // whatever the umask
    expect((await run('-v', `${file}:/bound:ro`, '--', 'cat', '/bound')).stdout).toBe('content\n');
    const written = await run('-v', `${file}:/bound:ro`, '--', 'write', '/bound');
    expect(written).toMatchObject({ exitCode: 3, stdout: '/bound: Read-only file system\n' });
  });

  it('--network is none unless the host’s is asked for', async () => {
    const own = await run('--', 'interfaces');
    expect(own.stdout).toBe('lo 127.0.0.1\n');
    const hosts = await run('--network', 'host', '--', 'cat', '/proc/net/dev');
    expect(hosts.exitCode).toBe(0);
  });
});

describe('what docker run says by 125, 126 and 127', () => {
  const failed = async (args: readonly string[], code: string): Promise<void> => {
    const result = await targets.morsel('run', ...args);
    expect(result.stderr).toMatch(new RegExp(`^error: .+\n {2}hint: .+\n {2}code: ${code}\n$`));
    expect(result).toMatchObject({ exitCode: 125, stdout: '' });
  };

  it('125: a flag that it does not take', async () => failed(['--frobnicate', await image()], 'USAGE'));
  it('125: no image at all', () => failed([], 'USAGE'));
  it('125: a user without a number', async () => failed(['--user', 'nobody', await image()], 'USAGE'));
  it('125: what is not there', () => failed([targets.absent()], 'NOT_FOUND'));
  it('125: a program', () => failed([targets.static()], 'TAR_INVALID'));
  it('125: a broken file', () => failed([targets.broken()], 'TAR_INVALID'));
  it('125: a folder without an image', () => failed([targets.folder()], 'IMAGE_INVALID'));
  it('125: a damaged layer', async () => failed([await targets.damagedImage()], 'DIGEST_MISMATCH'));

  it.skipIf(!isRoot)('125: no sandbox', async () => {
    const result = await targets.morselWithout(SANDBOXES, 'run', await image());
    expect(result.stderr).toContain('  code: SANDBOX_MISSING\n');
    expect(result).toMatchObject({ exitCode: 125, stdout: '' });
  });

  it.skipIf(!isRoot)('126: a program for another machine, and a directory', async () => {
    const foreign = await targets.morsel('run', await targets.image(targets.foreign()));
    expect(foreign.stderr).toMatch(/^morsel: .*exec format error\n$/);
    expect(foreign).toMatchObject({ exitCode: 126, stdout: '' });
    expect(await run('--entrypoint', '/')).toMatchObject({ exitCode: 126, stdout: '' });
  });

  it.skipIf(!isRoot)('127: no such program', async () => {
    const result = await run('--entrypoint', '/absent');
    expect(result.stderr).toMatch(
      /^morsel: .*\/absent.*no such file or directory\nmorsel: \/absent is not in the image\n/,
    );
    expect(result).toMatchObject({ exitCode: 127, stdout: '' });
  });
});

describe('what is not the program’s', () => {
  it('a bug of morsel: 70, and its stack on stderr', async () => {
    const result = await targets.morselWithFault(
      { from: 'node:crypto', call: 'createHash' },
      'run',
      await image(),
    );
    expect(result.stderr).toMatch(/ {2}code: BUG\n[^]*injected/);
    expect(result).toMatchObject({ exitCode: 70, stdout: '' });
  });

  it.skipIf(!isRoot)('two interruptions: 130, and the container ends', async () => {
    const word = `hang-${process.pid}`;
    const isHanging = (): boolean => findProcesses(word).some((line) => /\d+ \/program\S* hang/.test(line));
    const args = ['run', await image(), '--', 'hang', word];
    const result = await targets.interrupted(args, isHanging, 2);
    expect(result.exitCode).toBe(130);
    expect(await expectedNothing(word)).toEqual({ processes: [], mounts: [] });
  });
});
