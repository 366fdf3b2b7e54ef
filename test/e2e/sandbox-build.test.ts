import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { morsel, ROOT } from '../built-cli.ts';
import { expectedNothing, listBelow } from '../left-behind.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import type { ToolResult } from '../run-tool.ts';
import { CaseFolder } from './case-folder.ts';

/** `--sandbox-build`: what a foreign project's build can reach, and that ordinary projects build all the same. */
const place = new CaseFolder();
let server: Server | undefined;
beforeEach(() => place.next());
afterEach(() => server?.close());
afterAll(() => place.remove());

const SECRET = 'morsel-secret-4711';

function build(
  path: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  const output = join(place.output, 'app.tar');
  return morsel(['build', path, '--sandbox-build', '--no-prove', '-o', output, ...flags], {
    cwd: place.output,
    env: { ...place.environment(), ...env },
  });
}

/** Runs each line of a shell script in the build; what they print is what the build shows. */
function hostile(...lines: readonly string[]): string {
  place.write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
  const recipe = lines.map((line) => `\t@-${line.replaceAll('$', () => '$$')}\n`).join('');
  place.write('project/Makefile', `app:\n${recipe}\t@false\n`, 0o644);
  return join(place.work, 'project');
}

/** A server on this machine, as a database without a password would be. */
function listen(): Promise<number> {
  return new Promise((resolve) => {
    server = createServer((socket) => socket.end(SECRET));
    server.listen(0, '127.0.0.1', () => {
      const address = server?.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

describe.skipIf(!hasTool('bwrap'))('morsel build --sandbox-build', () => {
  it('keeps secrets of files, of the environment and of other processes from the build', async () => {
    place.write('home/.ssh/id_ed25519', SECRET, 0o600);
    place.write('home/.cargo/credentials.toml', SECRET, 0o600);
    const path = hostile(
      `cat ${join(place.work, 'home/.ssh/id_ed25519')} ${join(place.work, 'home/.cargo/credentials.toml')}`,
      'cat /etc/shadow /etc/ssh/* /root/.* /home/*/.*',
      'env',
      'cat /proc/[0-9]*/environ',
      `ls -aR ${place.work}`,
      'echo all lines were run',
    );
    const result = await build(path, ['--rung', 'static-musl', '-v'], {
      MY_TOKEN: SECRET,
      AWS_SECRET_ACCESS_KEY: SECRET,
    });
    expect(result.exitCode).toBe(3);
    expect(result.stdout + result.stderr).toContain('all lines were run');
    expect(result.stdout + result.stderr).not.toContain(SECRET);
    expect(result.stdout + result.stderr).not.toMatch(/(^|\s)root:/m);
    expect(result.stderr).not.toMatch(/^\.ssh/m);
  });

  it('has no network, not even to this machine', async () => {
    const port = await listen();
    const connect = `bash -c 'cat < /dev/tcp/127.0.0.1/${port} >&2' || echo refused >&2`;
    const result = await build(hostile(connect), ['--rung', 'static-musl']);
    expect(result.stderr).toContain('refused');
    expect(result.stderr).not.toContain(SECRET);
  });

  it('is filtered as a proof is: no keyring of the caller, no further namespaces', async () => {
    const result = await build(hostile("grep '^Seccomp:' /proc/self/status >&2", 'unshare -U id >&2'), [
      '--rung',
      'static-musl',
    ]);
    expect(result.stderr).toMatch(/Seccomp:\s+2/);
    expect(result.stderr).not.toContain('uid=');
  });

  it('writes nowhere but to its own folders', async () => {
    const kernel = '/proc/sys/kernel/printk_ratelimit_burst';
    const path = hostile(
      `echo x > ${join(place.work, 'project/main.c')}`,
      'echo x > ../bin/cc; echo x > ../stamp; mv ../src ../src2; rm -rf ../bin',
      `cp ${kernel} k; cat k > ${kernel} && echo "kernel written" >&2`,
      'echo x > /usr/local/bin/morsel-test-escape; echo x > /etc/morsel-test-escape; mkdir /morsel-test-escape',
    );
    const before = listBelow(join(place.work, 'project'));
    const result = await build(path, ['--rung', 'static-musl']);
    expect(result.stderr).not.toContain('kernel written');
    expect(listBelow(join(place.work, 'project'))).toEqual(before);
    expect(readFileSync(join(place.work, 'project/main.c'), 'utf8')).toBe('int main(void) { return 0; }\n');
    for (const name of ['/etc/morsel-test-escape', '/morsel-test-escape'])
      expect(existsSync(name)).toBe(false);
    expect(listBelow('/usr/local/bin')).not.toContain('/usr/local/bin/morsel-test-escape');
    expect(listBelow(join(place.work, 'home')).filter((name) => name.endsWith('src2'))).toEqual([]);
    expect(await expectedNothing(place.work)).toMatchObject({ processes: [], mounts: [] });
  });

  it('does not take a program that is a link to one of this machine', async () => {
    place.write('project/main.c', 'int main(void) { return 0; }\n', 0o644);
    mkdirSync(join(place.work, 'other'));
    place.write('project/Makefile', `app:\n\tln -s /bin/true app\n`, 0o644);
    const result = await build(join(place.work, 'project'), ['--rung', 'closure']);
    expect(result.exitCode).toBe(3);
  });

  it('says what to do where bwrap is missing', async () => {
    const result = await build(hostile('true'), [], { PATH: join(place.work, 'nothing') });
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toMatch(/ {2}hint: /);
  });

  it.each([
    ['c-hello', ['--rung', 'static-musl'], 'musl-gcc'],
    ['c-make', ['--rung', 'static-musl'], 'musl-gcc'],
    ['c-cmake', ['--rung', 'static-musl'], 'cmake'],
    ['c-meson', ['--rung', 'static-musl'], 'meson'],
    ['c-autotools', ['--rung', 'static-musl'], 'autoreconf'],
    ['go-hello', [], 'go'],
  ])('builds %s', async (name, flags, tool) => {
    requireTool(tool);
    const result = await build(join(ROOT, 'examples', name), [...flags, '-q']);
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
  });

  it.skipIf(!hasTool('cargo'))('builds Rust, and leaves the sources alone but for target', async () => {
    place.write('rust/Cargo.toml', '[package]\nname = "app"\nversion = "1.0.0"\nedition = "2021"\n', 0o644);
    place.write('rust/Cargo.lock', 'version = 3\n\n[[package]]\nname = "app"\nversion = "1.0.0"\n', 0o644);
    place.write('rust/src/main.rs', 'fn main() { println!("hello"); }\n', 0o644);
    const script = 'fn main() { assert!(std::fs::write("src/main.rs", "").is_err()); }\n';
    place.write('rust/build.rs', script, 0o644);
    const result = await build(join(place.work, 'rust'), ['--rung', 'static-glibc', '-q']);
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
  });

  it.skipIf(!hasTool('go'))('says how modules come that are not fetched', async () => {
    place.write(
      'go/go.mod',
      'module example.com/app\n\ngo 1.20\n\nrequire example.com/missing v1.0.0\n',
      0o644,
    );
    place.write(
      'go/go.sum',
      'example.com/missing v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n',
      0o644,
    );
    place.write('go/main.go', 'package main\n\nimport _ "example.com/missing"\n\nfunc main() {}\n', 0o644);
    const result = await build(join(place.work, 'go'));
    expect(result.exitCode).toBe(3);
    expect(result.stderr).toMatch(/hint: .*`go mod (download|tidy)`/);
  });
});
