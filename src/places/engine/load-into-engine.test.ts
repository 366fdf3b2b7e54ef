import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPlatform } from '../../oci/index.ts';
import { writeImage } from '../write-image.ts';
import type { WrittenImage } from '../write-request.ts';
import { chooseEngine } from './choose-engine.ts';
import { loadIntoEngine } from './load-into-engine.ts';

const PATH = process.env['PATH'];
let folder = '';
let written: WrittenImage;
const archive = (): string => join(folder, 'a.tar');
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'morsel-engine-'));
  written = await writeImage({
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

/** An engine that knows an image by one digest, and prints it in its way. */
function taking(name: 'docker' | 'podman', known: string, printed = known): void {
  engine(
    name,
    `case "$1 $5" in "load "*) echo "Loaded $*" ;; "image ${known}") echo ${printed} ;; "image "*) exit 1 ;; esac`,
  );
}

describe('loadIntoEngine', () => {
  it('asks docker first, with the archive, and answers what it said and what runs it', async () => {
    taking('docker', written.configDigest);
    engine('podman', 'exit 1');
    expect(await loadIntoEngine(archive())).toEqual({
      engine: 'docker',
      id: written.configDigest,
      output: `Loaded load -i ${archive()}`,
    });
  });

  it("names the image as the engine does: by its manifest in containerd's store, and podman leaves out how", async () => {
    taking('docker', written.manifestDigest);
    taking('podman', written.configDigest, written.configDigest.slice('sha256:'.length));
    expect(await loadIntoEngine(archive())).toMatchObject({ id: written.manifestDigest });
    expect(await loadIntoEngine(archive(), { engine: 'podman' })).toMatchObject({
      engine: 'podman',
      id: written.configDigest,
    });
  });

  it('believes no engine that has another image', async () => {
    taking('docker', written.configDigest, `sha256:${'0'.repeat(64)}`);
    await expect(loadIntoEngine(archive())).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('takes podman where docker is not there, or does not answer', async () => {
    taking('podman', written.configDigest);
    expect(await loadIntoEngine(archive())).toMatchObject({ engine: 'podman' });
    engine('docker', 'echo no daemon >&2; exit 1');
    expect(await loadIntoEngine(archive())).toMatchObject({ engine: 'podman' });
  });

  it('says what the engine said that answers and does not take it: no other one was meant', async () => {
    engine('docker', 'case $1 in load) echo no room >&2; exit 1 ;; esac');
    taking('podman', written.configDigest);
    await expect(loadIntoEngine(archive())).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'docker: no room',
      hint: expect.stringMatching(/docker load -i \S+\/a\.tar/),
    });
  });
});

describe('chooseEngine', () => {
  it('says what each engine said, or with what it ended', async () => {
    engine('docker', 'echo Client: 1; echo cannot connect >&2; exit 1');
    engine('podman', 'exit 125');
    await expect(chooseEngine()).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'no engine answers: docker: cannot connect; podman: exit 125',
    });
  });

  it('takes no other than the one that is asked for', async () => {
    engine('docker', 'exit 1');
    engine('podman', 'exit 0');
    expect(await chooseEngine()).toBe('podman');
    await expect(chooseEngine({ engine: 'docker' })).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    rmSync(join(folder, 'docker'));
    await expect(chooseEngine({ engine: 'docker' })).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      message: 'docker is not installed',
    });
  });

  it('says that there is none', async () => {
    await expect(chooseEngine()).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      hint: expect.stringMatching(/docker load -i/),
    });
  });
});
