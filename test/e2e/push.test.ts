import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanEnvironment, morsel } from '../built-cli.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';

/** `build --push` and the commands of a registry, by the built CLI against Debian's docker-registry. */
const work = mkdtempSync(join(tmpdir(), 'morsel-push-'));
let registry: RealRegistry;

beforeAll(async () => {
  registry = await startDockerRegistry();
  writeFileSync(join(work, 'hello.c'), 'int main(void) { return 0; }\n');
});
afterAll(() => {
  registry?.stop();
  rmSync(work, { recursive: true, force: true });
});

it('build --push sends each name, prints it with its digest, and what is there runs', async () => {
  const names = ['1', '2'].map((tag) => `${registry.host}/team/hello:${tag}`);
  const tags = names.flatMap((name) => ['-t', name]);
  const built = await morsel(['build', 'hello.c', '--push', '--no-prove', '-q', ...tags], { cwd: work });
  expect(built).toMatchObject({ exitCode: 0 });
  const lines = built.stdout.trim().split('\n');
  expect(lines.map((line) => line.split('@')[0])).toEqual(names);
  const [first = ''] = lines;
  expect((await morsel(['digest', names[1] ?? ''])).stdout.trim()).toBe(first.split('@')[1]);
  expect(await morsel(['run', first])).toMatchObject({ exitCode: 0 });
});

it('--push without a name that has a registry is refused before anything is compiled', async () => {
  for (const words of [[], ['-t', 'hello:1'], ['-o', '-', '-t', `${registry.host}/x:1`]]) {
    const { exitCode, stdout, stderr } = await morsel(['build', 'absent.c', '--push', ...words], {
      cwd: work,
    });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/code: USAGE/);
  }
});

it('MORSEL_DOCKER_REPO gives the name that no -t does; --image-refs and the JSON say what was pushed', async () => {
  const options = { cwd: work, env: cleanEnvironment({ MORSEL_DOCKER_REPO: `${registry.host}/team` }) };
  const words = ['build', 'hello.c', '--push', '--no-prove', '--image-refs', 'refs', '--format', 'json'];
  const built = await morsel(words, options);
  expect(built).toMatchObject({ exitCode: 0 });
  const { pushed, digest } = JSON.parse(built.stdout) as { pushed: string[]; digest: string };
  expect(pushed).toEqual([`${registry.host}/team/hello:latest@${digest}`]);
  expect(readFileSync(join(work, 'refs'), 'utf8')).toBe(`${pushed[0]}\n`);
  expect((await morsel(['digest', `${registry.host}/team/hello`])).stdout.trim()).toBe(digest);
});

it('--image-refs without --push is refused before anything is compiled', async () => {
  const { exitCode, stderr } = await morsel(['build', 'absent.c', '--image-refs', 'refs'], { cwd: work });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/code: USAGE/);
});
