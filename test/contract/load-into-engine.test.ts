import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadIntoEngine } from '../../src/places/engine/load-into-engine.ts';
import { writeImage } from '../../src/places/write-image.ts';
import type { WrittenImage } from '../../src/places/write-request.ts';
import { startDocker } from '../engines.ts';
import { textFile } from '../image-fixtures.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { runToolOk } from '../run-tool.ts';

const work = mkdtempSync(join(tmpdir(), 'morsel-load-'));
const isRoot = requireInCi('root, for dockerd', process.getuid?.() === 0);
const before = { TMPDIR: process.env['TMPDIR'], DOCKER_HOST: process.env['DOCKER_HOST'] };
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(work, { recursive: true, force: true });
});

const place = (name: string): string => join(work, name);
const write = (kind: 'archive' | 'layout', path: string, name: string) =>
  writeImage({
    layers: [{ kind: 'entries', entries: [textFile('/name', name)] }],
    platform: { os: 'linux', architecture: 'amd64' },
    config: { Entrypoint: ['/name'] },
    output: { kind, path, references: [name] },
  });

it.skipIf(!isRoot || !hasTool('dockerd'))(
  'docker takes an archive as it is, and one image of several',
  async () => {
    const archived = await write('archive', place('archived.tar'), 'archived');
    const [one, two, three] = [
      await write('layout', place('layout'), 'one'),
      await write('layout', place('layout'), 'two'),
      await write('layout', place('layout'), 'three'),
    ];
    await runToolOk('tar', ['-C', place('layout'), '-cf', place('all.tar'), '.']);
    mkdirSync(place('tmp'));
    const docker = await startDocker(place('docker'));
    try {
      process.env['TMPDIR'] = place('tmp');
      process.env['DOCKER_HOST'] = `unix://${place('docker/docker.sock')}`;
      const load = async (text: string): Promise<string> => (await loadIntoEngine(text)).output;
      expect(await load(archived.path)).toContain('archived:latest');
      expect(await load(`oci:${place('layout')}:two`)).toContain('two:latest');
      expect(await load(`${place('all.tar')}:three`)).toContain('three:latest');
      const ids = await docker.imageIds();
      const isThere = ({ configDigest }: WrittenImage): boolean =>
        ids.includes(configDigest.slice('sha256:'.length));
      expect([archived, one, two, three].map(isThere)).toEqual([true, false, true, true]);
      // Its name in this store: what `docker run` is given.
      const { id } = await loadIntoEngine(archived.path);
      expect(id).toBe(archived.configDigest);
      const started = await docker.run(id ?? '', []);
      expect(started.stderr).toContain('/name');
      expect(started.exitCode).toBe(126);
      await expect(load(place('layout'))).rejects.toMatchObject({ code: 'USAGE' });
      expect(readdirSync(place('tmp'))).toEqual([]);
    } finally {
      await docker.stop();
    }
  },
);
