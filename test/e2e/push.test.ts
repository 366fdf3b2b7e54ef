import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { morsel } from '../built-cli.ts';
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
