import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage, morsel } from '../built-cli.ts';
import { type Engine, startDocker } from '../engines.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runTool, runToolOk } from '../run-tool.ts';

const isRoot = requireInCi('root, for an engine of our own', process.getuid?.() === 0);
const hasDocker = isRoot && hasTool('dockerd') && hasTool('docker');
const work = mkdtempSync(join(tmpdir(), 'morsel-init-'));
const docker = (...args: readonly string[]) =>
  runToolOk('docker', ['-H', `unix://${join(work, 'docker', 'docker.sock')}`, ...args]);

/** A server that handles no signal. */
const SERVER = `#include <netinet/in.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (bind(s, (void *)&a, sizeof a) || listen(s, 9)) return 1;
  for (;;) {
    char b[999];
    int c = accept(s, 0, 0);
    if (read(c, b, sizeof b) > 0) write(c, "HTTP/1.0 200 OK\\r\\n\\r\\nhi\\n", 22);
    close(c);
  }
}
`;
/** PID 1 ignores it: the finding of both the prediction and the proof. */
const IGNORES = /ignores SIGTERM/;

beforeAll(() => {
  mkdirSync(join(work, 'source'));
  writeFileSync(join(work, 'source', 'web.c'), SERVER);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const source = join(work, 'source', 'web.c');
const built = (name: string, ...args: readonly string[]) =>
  buildImage([source, '--rung', 'static-musl', '-t', name, '-o', join(work, `${name}.tar`), ...args]);

describe.skipIf(!isRoot || !hasTool('musl-gcc'))('a server that handles no signal', () => {
  it('is found, and cured by --init', async () => {
    const without = await built('without');
    const cure = without.findings.find(({ message }) => IGNORES.test(message));
    expect(cure).toMatchObject({ hint: expect.stringContaining('--init') as string });
    const { findings, files } = await built('with', '--init');
    expect(findings.filter(({ message }) => IGNORES.test(message))).toEqual([]);
    const init = files.find(({ path }) => path === '/init');
    expect(init?.sizeBytes).toBeLessThanOrEqual(12 * 1024);
  });

  it('is refused a place that morsel needs itself', async () => {
    const result = await morsel(['build', source, '--init', '--path', '/init', '-o', join(work, 'x.tar')]);
    expect(result).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--path') as string });
  });

  describe.skipIf(!hasDocker)('in docker', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startDocker(join(work, 'docker'));
    });
    afterAll(() => engine.stop());

    it('is healthy, ends by SIGTERM, and may write to its volume', async () => {
      const health = 'http://:8080/,interval=1s,timeout=2s,retries=2';
      const { files } = await built('whole', '--init', '--health', health, '--volume', '/data/');
      expect(files.find(({ path }) => path === '/probe')?.sizeBytes).toBeLessThanOrEqual(12 * 1024);
      await engine.load(join(work, 'whole.tar'));
      await docker('run', '-d', '--name', 'whole', '--network', 'none', 'whole');
      const status = () => docker('inspect', 'whole', '-f', '{{.State.Health.Status}}');
      while ((await status()).trim() === 'starting') await sleep(200);
      expect(await status()).toBe('healthy\n');
      const volumes = await docker(
        'inspect',
        'whole',
        '-f',
        '{{range .Mounts}}{{.Type}} {{.Destination}}{{end}}',
      );
      expect(volumes).toBe('volume /data\n');
      await docker('stop', '--time', '60', 'whole');
      expect(await docker('inspect', 'whole', '-f', '{{.State.ExitCode}}')).toBe('143\n');
    });

    it('is unhealthy when the probe asks where nobody answers', async () => {
      await built('deaf', '--health', 'tcp://:8081,interval=1s,timeout=1s,retries=1');
      await engine.load(join(work, 'deaf.tar'));
      await docker('run', '-d', '--init', '--name', 'deaf', '--network', 'none', 'deaf');
      const status = () => docker('inspect', 'deaf', '-f', '{{json .State.Health}}');
      while (/"starting"/.test(await status())) await sleep(200);
      expect(await status()).toMatch(/"unhealthy".*connection refused/);
    });

    it.skipIf(!hasTool('busybox') || !hasTool('strace'))(
      'has a twin with tools, of the same layers',
      async () => {
        await built('plain', '--debug-tools', 'strace');
        await engine.load(join(work, 'plain.tar'));
        await engine.load(join(work, 'plain-debug.tar'));
        const layers = async (name: string) =>
          JSON.parse(await docker('inspect', name, '-f', '{{json .RootFS.Layers}}')) as string[];
        const twin = await layers('plain-debug');
        expect([twin.slice(0, -1), twin.length]).toEqual([await layers('plain'), 2]);
        const shell = [
          '--rm',
          '--network',
          'none',
          '--entrypoint',
          '/busybox/sh',
          'plain-debug:latest',
          '-c',
        ];
        const said = await docker('run', ...shell, 'id -u; strace -V | head -n 1; ls /web');
        expect(said).toMatch(/^65532\nstrace -- version .*\n\/web\n$/);
      },
    );
  });

  it('has its twin in a layout under another tag', async () => {
    const layout = join(work, 'layout');
    await buildImage([
      source,
      '--rung',
      'static-musl',
      '-t',
      'web:1',
      '-o',
      `${layout}/`,
      '--debug-twin',
      '--no-prove',
    ]);
    const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
      manifests: { annotations?: Record<string, string> }[];
    };
    const names = index.manifests.map(
      ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'],
    );
    expect(names).toEqual(expect.arrayContaining(['web:1', 'web:1-debug']));
    if (hasTool('skopeo')) await runTool('skopeo', ['inspect', `oci:${layout}:web:1-debug`]);
  });
});

describe.skipIf(!isRoot || !hasTool('musl-gcc'))('a thread with an array of 1 MiB, on musl', () => {
  const THREAD = `#include <pthread.h>
static void *work(void *x) { volatile char big[1 << 20]; for (int i = 0; i < 1 << 20; i++) big[i] = 1; return x; }
int main(void) { pthread_t t; return pthread_create(&t, 0, work, 0) || pthread_join(t, 0); }
`;
  const file = join(work, 'source', 'thread.c');
  const image = (...args: readonly string[]) =>
    morsel(['build', file, '--rung', 'static-musl', '-o', join(work, 'thread.tar'), ...args]);

  beforeAll(() => writeFileSync(file, THREAD));

  it('works with the stack that morsel gives it, and the report names that', async () => {
    const { exitCode, stderr } = await image();
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('threads have 8388608 bytes of stack')]);
  });

  it('crashes with what musl gives by itself', async () => {
    const { exitCode, stderr } = await image('--stack-size', '131072');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('SIGSEGV')]);
  });

  it('is refused a size that musl would not take', async () => {
    expect(await image('--stack-size', '99999999')).toMatchObject({ exitCode: 2 });
  });
});
