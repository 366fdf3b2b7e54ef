import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BuildResult } from '../../index.ts';
import { formatBuildReport } from './build-report.ts';
import { NOTHING_TOLD } from './progress.ts';

const result: BuildResult = {
  reference: 'team/app:1@sha256:abc',
  digest: 'sha256:abc',
  platform: 'linux/amd64',
  rung: 'closure',
  link: 'dynamic',
  libc: 'glibc',
  libraries: [],
  toolchain: null,
  size: { compressedBytes: 1_010_000, uncompressedBytes: 2_180_000, files: 3 },
  image: { path: '/out/app.tar', kind: 'archive' },
  programs: [{ path: '/x', link: 'dynamic', libc: 'glibc' }],
  references: ['team/app:1'],
  platforms: [],
  debugTwin: null,
  evidence: { digest: `sha256:${'1'.repeat(64)}`, path: '/tmp/hello.evidence.json' },
  loaded: null,
  pushed: [],
  rejected: [
    { rung: 'static-musl', reason: 'no compiler', hint: 'install musl-tools', size: null },
    {
      rung: 'static-glibc',
      reason: 'its check fails',
      hint: null,
      size: { compressedBytes: 1, uncompressedBytes: 700_000, files: 1 },
    },
  ],
  files: [
    { path: '/app', kind: 'file', sizeBytes: 35_664, reason: 'the program' },
    { path: '/tmp', kind: 'directory', sizeBytes: 0, reason: 'mkstemp' },
  ],
  proof: {
    status: 'passed',
    strength: 'checked',
    control: { source: 'machine', reason: null },
    sandbox: 'runc',
    emulation: null,
    checks: [{ name: 'greets', status: 'passed', strength: 'checked', detail: 'exit code 0', listens: null }],
    reason: null,
  },
  trades: [],
  findings: [{ level: 'warning', message: 'no certificates', hint: 'add them' }],
  timings: { compileMs: 0, analyseMs: 12, assembleMs: 1500, proveMs: 80 },
};

const SETTING = { loaded: null, told: NOTHING_TOLD, directory: '/out', architecture: 'amd64' };

beforeEach(() => vi.stubEnv('NO_COLOR', '1'));
afterEach(() => vi.unstubAllEnvs());

describe('formatBuildReport', () => {
  it('says what won, why nothing smaller did, what is in it, how it was proven, and what to do with it', () => {
    expect(formatBuildReport(result, SETTING).shown).toBe(`
closure: 2.18 MB uncompressed, 1.01 MB compressed, 3 files, linux/amd64 (dynamic, glibc)
  why not smaller:
    static-musl: no compiler
      hint: install musl-tools
    static-glibc (700 kB): its check fails
  files:
    /app   35,664 B  the program
    /tmp/            mkstemp
  proven in runc:
    greets: exit code 0
  worth knowing:
    no certificates
      add them
  app.tar (compile 0 ms, analyse 12 ms, assemble 1.5 s, prove 80 ms)
  /tmp/hello.evidence.json: why it is as it is
  run it: docker load -i app.tar && docker run --rm team/app:1
  push it: morsel push app.tar docker.io/team/app:1`);
  });

  it('never calls a skipped proof proven', () => {
    const proof = {
      ...result.proof,
      status: 'skipped',
      strength: 'none',
      control: { source: null, reason: null },
      sandbox: null,
      checks: [],
      reason: 'no sandbox works here',
    } as const;
    const report = formatBuildReport({ ...result, proof }, SETTING).shown;
    expect(report).toContain('  not proven: no sandbox works here');
    expect(report).not.toContain('proven in');
  });

  it.each([
    ['start', 'proven to start in runc:'],
    ['equal', 'proven to do the same in runc:'],
    ['checked', '  proven in runc:'],
  ] as const)('says what a proof of strength %s claims', (strength, words) => {
    const proof = { ...result.proof, strength };
    expect(formatBuildReport({ ...result, proof }, SETTING).shown).toContain(words);
  });

  it('never calls an unclear proof proven, and says with what nothing was compared', () => {
    const proof = { ...result.proof, status: 'unclear', strength: 'none' } as const;
    const report = formatBuildReport({ ...result, proof }, SETTING).shown;
    expect(report).toContain('  unclear in runc:\n    greets: exit code 0');
    expect(report).not.toContain('proven');
    const control = { source: null, reason: 'no root of arm64' };
    expect(formatBuildReport({ ...result, proof: { ...result.proof, control } }, SETTING).shown).toContain(
      'not compared: no root of arm64',
    );
  });

  it('names the next command for a layout and for what was loaded already', () => {
    const image = { path: '/out/app', kind: 'layout' } as const;
    expect(formatBuildReport({ ...result, image }, SETTING).shown).toContain(
      'copy it: morsel copy oci:app:team/app:1 docker.io/team/app:1',
    );
    expect(
      formatBuildReport(result, { ...SETTING, loaded: { engine: 'podman', id: 'x', output: '' } }).shown,
    ).toContain('loaded into podman; run it: podman run --rm team/app:1');
  });

  it('does not say once more what the lines above it have said', () => {
    const told = { rungs: new Set(['static-musl']), checks: new Map([['greets', 'exit code 0']]) };
    const report = formatBuildReport(result, { ...SETTING, told }).shown;
    expect(report).toContain(`
  why not smaller: static-musl: see above
      hint: install musl-tools
    static-glibc (700 kB): its check fails
`);
    expect(report).toContain('\n  proven in runc\n');
    const other = { ...told, checks: new Map([['greets', 'exit code 1']]) };
    expect(formatBuildReport(result, { ...SETTING, told: other }).shown).toContain('    greets: exit code 0');
  });

  it('names the emulator that the proof was run with', () => {
    const proof = { ...result.proof, emulation: 'aarch64 emulated by qemu-aarch64-static' };
    const foreign = { ...result, platform: 'linux/arm64', proof };
    expect(formatBuildReport(foreign, SETTING).shown).toContain(
      '3 files, linux/arm64 (aarch64 emulated by qemu-aarch64-static) (dynamic, glibc)',
    );
  });

  it('lists 200 files, and how many more there are', () => {
    const files = Array.from({ length: 1300 }, (_, index) => ({
      path: `/data/${index}`,
      kind: 'file' as const,
      sizeBytes: 1,
      reason: '--add data',
    }));
    const report = formatBuildReport({ ...result, files }, SETTING).shown;
    expect(report).toContain('/data/199 ');
    expect(report).not.toContain('/data/200 ');
    expect(report).toContain('… and 1,100 more');
  });
});
