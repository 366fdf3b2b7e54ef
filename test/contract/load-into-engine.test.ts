import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadIntoEngine } from '../../src/places/engine/load-into-engine.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { startDocker } from '../engines.ts';
import { textFile } from '../image-fixtures.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-load-'));
const isRoot = requireInCi('root, for dockerd', process.getuid?.() === 0);
const before = { ...process.env };
afterEach(() => {
  process.env = before;
  rmSync(work, { recursive: true, force: true });
});

const write = (kind: 'archive' | 'layout', name: string) =>
  writeImage({
    layers: [{ kind: 'entries', entries: [textFile('/name', name)] }],
    platform: { os: 'linux', architecture: 'amd64' },
    config: { Entrypoint: ['/name'] },
    output: { kind, path: join(work, kind === 'archive' ? `${name}.tar` : 'layout'), references: [name] },
  });

it.skipIf(!isRoot || !hasTool('dockerd'))(
  'docker takes an archive as it is, and one image of a layout',
  async () => {
    const [archived, one, two] = [
      await write('archive', 'archived'),
      await write('layout', 'one'),
      await write('layout', 'two'),
    ];
    const docker = await startDocker(join(work, 'docker'));
    try {
      const temporary = join(work, 'tmp');
      mkdirSync(temporary);
      const own = { TMPDIR: temporary, DOCKER_HOST: `unix://${join(work, 'docker/docker.sock')}` };
      process.env = { ...before, ...own };
      expect(await loadIntoEngine(archived.path)).toMatchObject({
        engine: 'docker',
        output: expect.stringContaining('archived:latest'),
      });
      expect(await loadIntoEngine(`oci:${two.path}:two`)).toMatchObject({
        output: expect.stringContaining('two:latest'),
      });
      const ids = await docker.imageIds();
      for (const image of [archived, two]) expect(ids).toContain(image.configDigest.slice('sha256:'.length));
      expect(ids).not.toContain(one.configDigest.slice('sha256:'.length));
      await expect(loadIntoEngine(one.path)).rejects.toMatchObject({ code: 'USAGE' });
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      await docker.stop();
    }
  },
);
