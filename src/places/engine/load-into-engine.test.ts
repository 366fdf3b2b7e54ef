import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPlatform } from '../../oci/index.ts';
import { writeImage } from '../write-image.ts';
import { loadIntoEngine } from './load-into-engine.ts';

const PATH = process.env['PATH'];
let folder = '';
const archive = (): string => join(folder, 'a.tar');
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-engine-'));
  await writeImage({
    layers: [],
    platform: hostPlatform(),
    config: {},
    output: { kind: 'archive', path: archive(), references: [] },
  });
  process.env['PATH'] = folder;
});
afterEach(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true, force: true });
});

function engine(name: 'docker' | 'podman', script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

describe('loadIntoEngine', () => {
  it('asks docker first, with the archive, and answers what it said', async () => {
    engine('docker', 'echo "Loaded $*"');
    engine('podman', 'exit 1');
    expect(await loadIntoEngine(archive())).toEqual({
      engine: 'docker',
      output: `Loaded load -i ${archive()}`,
    });
  });

  it('takes podman where docker is not there, or does not do it', async () => {
    engine('podman', 'echo yes');
    expect(await loadIntoEngine(archive())).toEqual({ engine: 'podman', output: 'yes' });
    engine('docker', 'echo no daemon >&2; exit 1');
    expect(await loadIntoEngine(archive())).toEqual({ engine: 'podman', output: 'yes' });
  });

  it('says what each engine said, or with what it ended', async () => {
    engine('docker', 'echo no daemon >&2; exit 1');
    engine('podman', 'exit 125');
    await expect(loadIntoEngine(archive())).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'docker: no daemon; podman: exit 125',
      hint: expect.stringMatching(/docker load -i \S+\/a\.tar/),
    });
  });

  it('says that there is none', async () => {
    await expect(loadIntoEngine(archive())).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      hint: expect.stringMatching(/docker load -i \S+\/a\.tar/),
    });
  });
});
