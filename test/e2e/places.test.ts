import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, cleanEnvironment, morsel } from '../built-cli.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';

/** One image at every place, read by `cat`, `inspect` and the others, by the built CLI. */
const work = mkdtempSync(join(tmpdir(), 'morsel-places-'));
let registry: RealRegistry;
let remote: string;

beforeAll(async () => {
  registry = await startDockerRegistry();
  remote = `${registry.host}/team/hello:1`;
  writeFileSync(join(work, 'hello.c'), 'int main(void) { return 0; }\n');
  mkdirSync(join(work, 'etc'));
  writeFileSync(join(work, 'etc', 'motd'), Buffer.from([0, 1, 2, 255, 10]));
  symlinkSync('/etc/motd', join(work, 'etc', 'link'));
  symlinkSync('nowhere', join(work, 'etc', 'broken'));
  const words = ['--no-prove', '-q', '--add', 'etc:/etc', '-o', 'hello.tar', '--push', '-t', remote];
  expect(await morsel(['build', 'hello.c', ...words], { cwd: work })).toMatchObject({ exitCode: 0 });
});
afterAll(() => {
  registry?.stop();
  rmSync(work, { recursive: true, force: true });
});

const bytes = (): Buffer => readFileSync(join(work, 'etc/motd'));

/** With bytes, which text would change. */
const run = (words: readonly string[], input?: Buffer) =>
  spawnSync(process.execPath, [CLI, ...words], { cwd: work, input, env: cleanEnvironment() });

describe('cat', () => {
  it.each(['/etc/motd', 'etc/motd', '/etc/link', '/etc/../etc/motd'])(
    '%s is the bytes of the file',
    (path) => {
      for (const image of ['hello.tar', remote]) {
        const { status, stdout } = run(['cat', image, path]);
        expect(status).toBe(0);
        expect(stdout.equals(bytes())).toBe(true);
      }
    },
  );

  it.each([
    ['/etc/modt', 'NOT_FOUND', 'did you mean /etc/motd?'],
    ['/ect/motd', 'NOT_FOUND', 'did you mean /etc/motd?'],
    ['/nothing/like/it', 'NOT_FOUND', 'morsel inspect --files hello.tar'],
    ['/etc/broken', 'NOT_FOUND', 'is a link to nowhere'],
    ['/etc', 'USAGE', 'is a directory'],
  ])('%s is %s', async (path, code, said) => {
    const { stdout, stderr } = await morsel(['cat', 'hello.tar', path], { cwd: work });
    expect(stdout).toBe('');
    expect(stderr).toContain(`code: ${code}`);
    expect(stderr).toContain(said);
  });
});

describe('- is an archive by stdin', () => {
  it.each([
    ['digest', ['digest', '-']],
    ['inspect', ['inspect', '-']],
    ['cat', ['cat', '-', '/etc/motd']],
    ['run', ['run', '-']],
    ['copy', ['copy', '-', 'copied.tar']],
  ])('for %s', (_, words) => {
    const { status, stderr } = run(words, readFileSync(join(work, 'hello.tar')));
    expect([status, stderr.toString()]).toEqual([0, expect.any(String)]);
  });

  it('and to push under two names it is read once', () => {
    const names = ['a', 'b'].map((tag) => `${registry.host}/team/in:${tag}`);
    const { status, stdout } = run(['push', '-', ...names], readFileSync(join(work, 'hello.tar')));
    expect(status).toBe(0);
    expect(
      new Set(
        stdout
          .toString()
          .trim()
          .split('\n')
          .map((line) => line.split('@')[1]),
      ).size,
    ).toBe(1);
  });

  it('nothing there is an error', () => {
    const { status, stderr } = run(['digest', '-'], Buffer.alloc(0));
    expect(status).not.toBe(0);
    expect(stderr.toString()).toMatch(/code: /);
  });
});
