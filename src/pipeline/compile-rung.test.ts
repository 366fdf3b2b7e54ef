import { describe, expect, it } from 'vitest';
import { hostPlatform, type Platform } from '../oci/index.ts';
import type { GoProject } from '../project/index.ts';
import { type CompilePlan, NO_TOOLS } from '../toolchain/index.ts';
import { resolveRequest } from './request/build-request.ts';
import { planProjectRung } from './candidates/compile-rung.ts';

const project: GoProject = {
  kind: 'go',
  name: 'server',
  version: null,
  license: null,
  directory: '/src/app',
  package: '.',
  module: 'example.com/app',
  binary: 'server',
  otherPrograms: [],
  usesCgo: false,
  cgoPackages: [],
  cgoLoss: null,
  cgoReplaced: [],
  wantedGo: { minimum: null, toolchain: null },
  goFlags: [],
};
const tools = { ...NO_TOOLS, go: { go: { path: '/usr/bin/go', argvPrefix: [], version: '1.24.4' } } };

function planFor(platform?: Platform): CompilePlan {
  const request = resolveRequest({ cacheDirectory: '/cache' }, {}, project);
  const outcome = planProjectRung(
    platform === undefined ? request : { ...request, platform },
    project,
    'static-go',
    tools,
  );
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  return outcome.plan;
}

describe('the platform of a request', () => {
  it('is this machine’s when none is asked for', () => {
    expect(planFor()).toEqual(planFor(hostPlatform()));
  });

  it('is what the compiler is told', () => {
    const plan = planFor({ os: 'linux', architecture: 'riscv64' });
    expect(plan.commands[0]?.env).toMatchObject({ GOOS: 'linux', GOARCH: 'riscv64' });
  });

  it('has a working folder of its own: objects of two machines never meet', () => {
    const platforms: readonly Platform[] = [
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'arm', variant: 'v6' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
    ];
    const folders = platforms.map((platform) => planFor(platform).workDirectory);
    expect(new Set(folders).size).toBe(platforms.length);
    expect(platforms.map((platform) => planFor(platform).workDirectory)).toEqual(folders);
    for (const folder of folders)
      expect(folder).toMatch(/^\/cache\/work\/app-[0-9a-f]{16}\/static-go-default$/);
  });
});
