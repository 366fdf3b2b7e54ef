import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, morsel } from '../built-cli.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';

/** `resolve` and `apply`, by the built CLI, against Debian's docker-registry. */
const work = mkdtempSync(join(tmpdir(), 'morsel-resolve-'));
let registry: RealRegistry;
let env: NodeJS.ProcessEnv;

const DEPLOYMENT = `# of the web
spec:
  containers:
    - name: hello
      image: morsel://./hello.c   # built here
    - {name: again, image: "morsel://hello.c"}
    - image: 'morsel://./other'
    - image: docker.io/library/busybox
`;

const write = (name: string, text: string): void => writeFileSync(join(work, name), text);
const resolve = (...args: readonly string[]) =>
  morsel(['resolve', '--no-prove', ...args], { cwd: work, env });

/** Stands for kubectl: it keeps its words and its stdin. */
function fakeKubectl(exitCode: number): NodeJS.ProcessEnv {
  const bin = join(work, `bin-${exitCode}`);
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\necho "$@" > ${work}/words\ncat > ${work}/stdin\necho deployment/web configured\nexit ${exitCode}\n`;
  writeFileSync(join(bin, 'kubectl'), script);
  chmodSync(join(bin, 'kubectl'), 0o755);
  return { ...env, PATH: `${bin}:${env['PATH'] ?? ''}` };
}

beforeAll(async () => {
  registry = await startDockerRegistry();
  env = { ...cleanEnvironment(), MORSEL_DOCKER_REPO: `${registry.host}/team` };
  for (const folder of ['other', 'k8s/more', 'twins']) mkdirSync(join(work, folder), { recursive: true });
  write('hello.c', 'int main(void) { return 0; }\n');
  write('other/web.c', 'int main(void) { return 3; }\n');
  write('twins/hello.c', 'int main(void) { return 4; }\n');
  write('k8s/a.yaml', DEPLOYMENT);
  write('k8s/b.json', '{"image": "morsel://./other"}');
  write('k8s/more/c.yml', '---\na: 1\n');
  write('k8s/notes.txt', '{{ no yaml');
});
afterAll(() => {
  registry?.stop();
  rmSync(work, { recursive: true, force: true });
});

const NAME = /127\.0\.0\.1:\d+\/team\/(\w+):latest@sha256:[0-9a-f]{64}/g;

describe('resolve', () => {
  it('builds and pushes each path once, and changes the references alone', async () => {
    const { exitCode, stdout, stderr } = await resolve('-f', 'k8s/a.yaml', '--image-refs', 'refs');
    expect([exitCode, stderr.match(/^\S+ \(\d of \d\)$/gm)]).toEqual([
      0,
      ['./hello.c (1 of 2)', './other (2 of 2)'],
    ]);
    const names = [...stdout.matchAll(NAME)];
    expect(names.map(([, name]) => name)).toEqual(['hello', 'hello', 'web']);
    expect(stdout.replaceAll(NAME, 'morsel://$1')).toBe(
      DEPLOYMENT.replace('./hello.c', 'hello').replace('//hello.c', '//hello').replace('./other', 'web'),
    );
    const [hello = '', again, web = ''] = names.map(([name]) => name);
    expect(again).toBe(hello);
    expect(readFileSync(join(work, 'refs'), 'utf8')).toBe(`${hello}\n${web}\n`);
    expect(await morsel(['run', hello])).toMatchObject({ exitCode: 0 });
    expect(await morsel(['run', web])).toMatchObject({ exitCode: 3 });
  });

  it('takes folders, with -R all below, and joins their documents', async () => {
    const flat = await resolve('-q', '-f', 'k8s');
    expect(flat).toMatchObject({ exitCode: 0, stderr: '' });
    expect(flat.stdout).toMatch(/busybox\n---\n\{"image": "127\.[^"]+"\}$/);
    expect((await resolve('-q', '-R', '-f', 'k8s')).stdout).toBe(`${flat.stdout}\n---\na: 1\n`);
  });

  it('makes one index of several platforms', async () => {
    write('one.yaml', 'image: morsel://./hello.c\n');
    const { stdout, stderr } = await resolve('-q', '--platform', 'linux/amd64,linux/386', '-f', 'one.yaml');
    const [name = stderr] = stdout.match(NAME) ?? [];
    const index = JSON.parse((await morsel(['manifest', name])).stdout) as {
      readonly manifests: readonly { readonly platform: { readonly architecture: string } }[];
    };
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', '386']);
  });

  it.each([
    ['a: [1\nb: 2\n', 2, /bad\.yaml:2:1: .*\n.*hint.*\n.*CONFIG_INVALID/],
    ['a: {{ .Values.image }}\nb: "\n', 2, /bad\.yaml:\d+:\d+: .*\n.*helm template.*\n.*CONFIG_INVALID/],
    ['a: 1\nb: morsel://./absent\n', 2, /bad\.yaml:2:4: \.\/absent does not exist\n.*\n.*NOT_FOUND/],
    ['a: morsel://./k8s\n', 2, /morsel:\/\/\.\/k8s: .*\n.*\n.*NO_PROJECT/],
    [
      '- morsel://./hello.c\n- morsel://./twins/hello.c\n',
      2,
      /team\/hello:latest, as \.\/hello\.c is\n.*"tags"/,
    ],
  ])('%j is refused', async (text, code, said) => {
    write('bad.yaml', text);
    const { exitCode, stdout, stderr } = await resolve('-f', 'bad.yaml');
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(said);
  });

  it('wants to know where to push before anything is compiled, and only where there is something', async () => {
    const lost = await morsel(['resolve', '-f', 'k8s/a.yaml'], { cwd: work });
    expect([lost.exitCode, lost.stdout]).toEqual([2, '']);
    expect(lost.stderr).toMatch(/^error: nothing says where[^\n]*\n[^\n]*MORSEL_DOCKER_REPO/);
    const nowhere = { ...env, MORSEL_DOCKER_REPO: 'team' };
    const wrong = await morsel(['resolve', '-f', 'k8s/a.yaml'], { cwd: work, env: nowhere });
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(/^error: team, [^\n]*\n[^\n]*MORSEL_DOCKER_REPO=docker\.io/);
    const none = await morsel(['resolve', '-f', 'k8s/more'], { cwd: work });
    expect(none).toMatchObject({ exitCode: 0, stdout: '---\na: 1\n' });
  });
});

describe('apply', () => {
  it('hands kubectl what resolve prints, and its own words', async () => {
    const args = ['apply', '--no-prove', '-q', '-f', 'k8s/a.yaml', '--', '--namespace', 'web'];
    const applied = await morsel(args, { cwd: work, env: fakeKubectl(0) });
    expect(applied).toMatchObject({ exitCode: 0, stdout: 'deployment/web configured\n', stderr: '' });
    expect(readFileSync(join(work, 'words'), 'utf8')).toBe('apply -f - --namespace web\n');
    expect(readFileSync(join(work, 'stdin'), 'utf8')).toBe((await resolve('-q', '-f', 'k8s/a.yaml')).stdout);
  });

  it('fails where kubectl fails, and before anything is compiled where there is none', async () => {
    const failed = await morsel(['apply', '-q', '-f', 'k8s/more'], { cwd: work, env: fakeKubectl(7) });
    expect(failed.exitCode).toBe(4);
    expect(failed.stderr).toMatch(/kubectl apply ended with exit code 7\n[^]*ENGINE_FAILED/);
    const { exitCode, stdout, stderr } = await morsel(['apply', '-f', 'absent.yaml'], {
      cwd: work,
      env: { ...env, PATH: join(work, 'bin-none') },
    });
    expect([exitCode, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/kubectl is not installed here\n[^]*TOOLCHAIN_MISSING/);
  });
});
