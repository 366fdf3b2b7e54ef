import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BUILD_LIMIT_MS,
  type BuiltImage,
  buildImage,
  cleanEnvironment,
  CLI,
  morsel,
  ROOT,
} from '../built-cli.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';
import { hasPythonModule, hasTool } from '../reference-tools.ts';
import { runTool } from '../run-tool.ts';

/**
 * Programs for other machines, proven under qemu. zig makes a C library for each machine once, which takes a minute or more,
 * and Rust its standard library: each of them is built for one or two machines here, and bench/platforms/ has the rest.
 */
const work = mkdtempSync(join(tmpdir(), 'morsel-platforms-'));
const hasGo = hasTool('go');
const hasZig = hasPythonModule('ziglang');
const hasCrossGcc = hasTool('aarch64-linux-gnu-gcc');
const isAmd64 = process.arch === 'x64';
for (const name of ['aarch64', 'arm', 'riscv64', 'ppc64le', 's390x']) hasTool(`qemu-${name}-static`);

const FOREIGN = {
  'linux/arm64': 'aarch64 emulated by qemu-aarch64-static',
  'linux/arm/v7': 'arm emulated by qemu-arm-static',
  'linux/riscv64': 'riscv64 emulated by qemu-riscv64-static',
  'linux/ppc64le': 'ppc64le emulated by qemu-ppc64le-static',
  'linux/s390x': 's390x emulated by qemu-s390x-static',
} as const;
const ALL = ['linux/amd64', ...Object.keys(FOREIGN)];

interface BuiltIndex extends BuiltImage {
  readonly platforms: readonly (BuiltImage & {
    readonly evidence: { readonly path: string | null } | null;
    readonly proof: { readonly emulation: string | null; readonly strength: string };
  })[];
}

const buildIndex = async (...[args, options]: Parameters<typeof buildImage>): Promise<BuiltIndex> =>
  (await buildImage(args, { cwd: work, ...options })) as BuiltIndex;

/** Whose files of the tree no other test changes. */
function copyExample(name: string): string {
  const to = join(work, name);
  if (!existsSync(to))
    cpSync(join(ROOT, 'examples', name), to, {
      recursive: true,
      filter: (path) => !path.includes('/target'),
    });
  return to;
}

const skopeo = (...args: readonly string[]): Record<string, unknown> =>
  JSON.parse(execFileSync('skopeo', [...args], { encoding: 'utf8' })) as Record<string, unknown>;

/** All that is said of a machine in the words that an image has for it. */
const inSkopeo = (platform: string): readonly string[] => {
  const [, architecture = '', variant] = platform.split('/');
  return ['--override-arch', architecture, ...(variant === undefined ? [] : ['--override-variant', variant])];
};

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startDockerRegistry();
});
afterAll(() => {
  registry?.stop();
  rmSync(work, { recursive: true, force: true });
});

describe.skipIf(!hasGo || !isAmd64)('one index of six platforms', () => {
  let archive: BuiltIndex;
  beforeAll(async () => {
    const tag = `${registry.host}/team/hello:1`;
    const words = ['--platform', ALL.join(','), '-t', tag, '-o', 'all.tar', '--push'];
    archive = await buildIndex([copyExample('go-hello'), ...words]);
  }, BUILD_LIMIT_MS);

  it('has each of them proven, and says where it was emulated', () => {
    const told = archive.platforms.map(({ platform, rung, proof }) => [
      platform,
      rung,
      proof.status,
      proof.strength,
      proof.emulation,
    ]);
    expect(told).toEqual(
      ALL.map((platform) => [
        platform,
        'static-go',
        'passed',
        'checked',
        platform === 'linux/amd64' ? null : FOREIGN[platform as keyof typeof FOREIGN],
      ]),
    );
    expect(archive.platform).toBe(ALL.join(','));
    expect(new Set(archive.platforms.map(({ digest }) => digest)).size).toBe(ALL.length);
  });

  it('is read by skopeo as an index of these and of no other, in the archive and in the registry', () => {
    const raw = skopeo('inspect', '--raw', '--tls-verify=false', `docker://${registry.host}/team/hello:1`);
    expect(raw['manifests']).toEqual(
      archive.platforms.map(({ digest, platform }) => {
        const [os, architecture, variant] = platform.split('/');
        return expect.objectContaining({
          digest,
          platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
        });
      }),
    );
    for (const platform of ALL) {
      const [, architecture = ''] = platform.split('/');
      const found = skopeo(...inSkopeo(platform), 'inspect', 'oci-archive:' + join(work, 'all.tar'));
      expect(found).toMatchObject({ Architecture: architecture, Digest: archive.digest });
    }
    // What docker load reads: this machine's.
    expect(skopeo('inspect', `docker-archive:${join(work, 'all.tar')}`)).toMatchObject({
      Architecture: 'amd64',
    });
  });

  it('is run, proven and inspected by platform, from the archive and from the registry', async () => {
    for (const place of ['all.tar', `${registry.host}/team/hello:1`]) {
      const ran = await morsel(['run', '--platform', 'linux/s390x', place], { cwd: work });
      expect([ran.exitCode, ran.stdout]).toEqual([0, 'Hello World\n']);
      expect(ran.stderr).toContain('s390x emulated by qemu-s390x-static');
    }
    const inspected = await morsel(['inspect', '--platform', 'linux/arm/v7', 'all.tar'], { cwd: work });
    expect(inspected.stdout).toMatch(
      /platform +linux\/arm\/v7\n +runs here +arm emulated by qemu-arm-static\n/,
    );
    const proven = await morsel(['prove', '--platform', 'linux/arm64', 'all.tar'], { cwd: work });
    expect(proven.exitCode).toBe(0);
    const receipt = JSON.parse(readFileSync(join(work, 'all.linux_arm64.receipt.json'), 'utf8')) as object;
    expect(receipt).toMatchObject({
      platform: 'linux/arm64',
      status: 'passed',
      evidence: expect.any(String),
    });
    expect(await morsel(['run', '--platform', 'linux/386', 'all.tar'], { cwd: work })).toMatchObject({
      exitCode: 125,
    });
  });

  it('keeps the evidence of each, beside an archive and as referrers in a layout, with the same digests', async () => {
    expect(archive.platforms.map(({ evidence }) => evidence?.path)).toEqual(
      ALL.map((platform) => join(work, `all.${platform.replaceAll('/', '_')}.evidence.json`)),
    );
    for (const path of archive.platforms.map(({ evidence }) => evidence?.path ?? ''))
      expect(existsSync(path), path).toBe(true);
    const words = ['--platform', ALL.join(','), '-t', 'hello:1', '-o', 'layout/'];
    const layout = await buildIndex([copyExample('go-hello'), ...words]);
    expect(layout.digest).toBe(archive.digest);
    const index = JSON.parse(readFileSync(join(work, 'layout/index.json'), 'utf8')) as {
      manifests: readonly { readonly digest: string; readonly artifactType?: string }[];
    };
    expect(index.manifests.filter(({ artifactType }) => artifactType === undefined)).toHaveLength(1);
    expect(index.manifests.filter(({ artifactType }) => artifactType !== undefined)).toHaveLength(ALL.length);
    // Once more: what is there is replaced, and nothing is there twice.
    await buildIndex([copyExample('go-hello'), ...words]);
    expect(readFileSync(join(work, 'layout/index.json'), 'utf8')).toBe(`${JSON.stringify(index)}`);
  });
});

it.skipIf(!hasGo)(
  'GOARCH chooses the platform, and --platform wins over it',
  { timeout: BUILD_LIMIT_MS },
  async () => {
    const env = cleanEnvironment({ GOARCH: 'arm', GOARM: '6' });
    const chosen = await buildIndex([copyExample('go-hello'), '-o', 'chosen.tar'], { env });
    expect(chosen).toMatchObject({ platform: 'linux/arm/v6', proof: { status: 'passed' } });
    const words = ['--platform', 'linux/arm64', '-o', 'chosen.tar'];
    const won = await buildIndex([copyExample('go-hello'), ...words], { env });
    expect(won.platform).toBe('linux/arm64');
    expect(won.findings.map(({ message }) => message)).toContain(
      'GOARCH and GOARM of the environment are not used: --platform says what it is built for',
    );
  },
);

/** In a mount namespace of its own, which takes root's rights. */
it.skipIf(!hasGo || !isAmd64 || process.getuid?.() !== 0)(
  'without an emulator the proof is skipped, and that is said; --require-proof is an error then',
  { timeout: BUILD_LIMIT_MS },
  async () => {
    const hidden = 'mount --bind /dev/null "$(readlink -f "$(command -v qemu-aarch64-static)")" && exec "$@"';
    const words = ['build', copyExample('go-hello'), '--platform', 'linux/arm64', '-o', 'unproven.tar'];
    const run = (...more: readonly string[]): ReturnType<typeof runTool> =>
      runTool('unshare', ['-m', 'sh', '-c', hidden, 'sh', process.execPath, CLI, ...words, ...more], {
        cwd: work,
        env: cleanEnvironment(),
        timeoutMs: BUILD_LIMIT_MS,
      });
    const { exitCode, stdout, stderr } = await run('--format', 'json');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      platform: 'linux/arm64',
      proof: { status: 'skipped', emulation: null, reason: expect.stringContaining('qemu-user-static') },
    });
    expect(await run('--require-proof')).toMatchObject({ exitCode: 5 });
  },
);

it.skipIf(!hasGo)(
  'one platform that fails fails the build by its name, and nothing is written',
  { timeout: BUILD_LIMIT_MS },
  async () => {
    const folder = join(work, 'half');
    mkdirSync(folder);
    writeFileSync(join(folder, 'go.mod'), 'module half\n\ngo 1.21\n');
    writeFileSync(join(folder, 'main.go'), 'package main\n\nfunc main() { here() }\n');
    writeFileSync(join(folder, 'here_amd64.go'), 'package main\n\nfunc here() {}\n');
    const words = ['--platform', 'linux/amd64,linux/arm64', '-o', join(folder, 'half.tar')];
    const { exitCode, stderr } = await morsel(['build', folder, ...words]);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/error: linux\/arm64: .*undefined: here/s);
    expect(readdirSync(folder).filter((name) => !/\.go$|go\.mod$/.test(name))).toEqual([]);
  },
);

describe('C, C++ and Rust for other machines', () => {
  const passedOn = (platform: keyof typeof FOREIGN): object => ({
    platform,
    proof: { status: 'passed', strength: 'checked', emulation: FOREIGN[platform] },
  });

  it.skipIf(!hasZig)('C by zig, for two', { timeout: BUILD_LIMIT_MS }, async () => {
    const words = ['--platform', 'linux/arm64,linux/riscv64', '-o', 'c.tar'];
    const { platforms } = await buildIndex([copyExample('c-hello'), ...words]);
    expect(platforms).toMatchObject([passedOn('linux/arm64'), passedOn('linux/riscv64')]);
    for (const { rung, size } of platforms) {
      expect(rung).toBe('static-musl');
      expect(size.uncompressedBytes).toBeLessThan(12_000);
    }
  });

  it.skipIf(!hasZig)('C++ by zig', { timeout: BUILD_LIMIT_MS }, async () => {
    const words = ['--platform', 'linux/arm64', '-o', 'cpp.tar'];
    const { platforms } = await buildIndex([copyExample('cpp-hello'), ...words]);
    expect(platforms).toMatchObject([{ ...passedOn('linux/arm64'), rung: 'static-musl' }]);
  });

  it.skipIf(!hasZig || !hasTool('cargo'))(
    'Rust, with its std built',
    { timeout: BUILD_LIMIT_MS },
    async () => {
      const words = ['--platform', 'linux/arm64', '-o', 'rust.tar'];
      const { platforms } = await buildIndex([copyExample('rust-hello'), ...words]);
      expect(platforms).toMatchObject([{ ...passedOn('linux/arm64'), rung: 'static-musl' }]);
    },
  );

  it.skipIf(!hasCrossGcc)('C by Debian’s cross gcc, for the platform that CC names', async () => {
    // Alone: the example's own limit is for musl.
    cpSync(join(ROOT, 'examples/c-hello/hello.c'), join(work, 'alone.c'));
    const env = cleanEnvironment({ CC: 'aarch64-linux-gnu-gcc' });
    const words = ['alone.c', '--rung', 'static-glibc', '-o', 'g.tar'];
    const built = await buildIndex(words, { env });
    expect(built.platforms).toMatchObject([
      { platform: 'linux/arm64', rung: 'static-glibc', libc: 'glibc', proof: { status: 'passed' } },
    ]);
  });
});

describe.skipIf(!hasCrossGcc || !isAmd64)('a ready program of another machine', () => {
  const compile = (name: string, source: string, how: readonly string[] = ['-static']): string => {
    writeFileSync(join(work, `${name}.c`), source);
    const output = join(work, name);
    execFileSync('aarch64-linux-gnu-gcc', [...how, '-O1', '-s', '-o', output, join(work, `${name}.c`)]);
    return output;
  };
  const STARTS_OTHERS = `
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char *program = argc > 1 ? argv[1] : "/child";
  char *words[] = {program, 0};
  pid_t child = fork();
  int status = 0;
  if (child == 0) { execv(program, words); _exit(7); }
  waitpid(child, &status, 0);
  puts("goes on");
  return argc > 2 ? 0 : WEXITSTATUS(status);
}
`;

  it('is beyond the proof where it starts others, whether it fails of it or not', async () => {
    const parent = compile('parent', STARTS_OTHERS);
    const child = compile('child', 'int main(void) { return 0; }\n');
    const build = (check: string): Promise<BuiltIndex> =>
      buildIndex([parent, '--add', `${child}:/child:755`, '--check', check, '-o', 'parent.tar']);
    for (const [check, started] of [
      ['/child', '/child'],
      ['/child quietly', '/child'],
      ['/proc/self/exe quietly', 'itself (/parent)'],
    ] as const) {
      const { proof } = await build(check);
      expect(proof.status).toBe('unclear');
      expect(proof.checks[0]?.detail).toContain(`it starts ${started}, which an emulated program cannot`);
    }
    // What is not there is not started on any machine.
    expect((await build('/absent quietly')).proof.status).toBe('passed');
  });

  it('has its libraries from a root of that machine, and is refused without one', async () => {
    const dynamic = compile('dynamic', 'int main(void) { return 0; }\n', []);
    const without = await morsel(['build', dynamic, '-o', 'x.tar'], { cwd: work });
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain(
      'asks for the loader /lib/ld-linux-aarch64.so.1, which is not on this machine',
    );
    expect(without.stderr).toContain('--root /usr/aarch64-linux-gnu');
    const words = [dynamic, '--root', '/usr/aarch64-linux-gnu', '-o', 'dynamic.tar'];
    const { platforms, files } = await buildIndex(words);
    expect(platforms).toMatchObject([
      {
        platform: 'linux/arm64',
        rung: 'closure',
        proof: { status: 'passed', emulation: FOREIGN['linux/arm64'] },
      },
    ]);
    expect(files.map(({ path }) => path)).toEqual([
      '/dynamic',
      '/lib/ld-linux-aarch64.so.1',
      '/lib/libc.so.6',
    ]);
  });

  it('gives the image of its platform, and no other', async () => {
    const child = compile('ready', 'int main(void) { return 0; }\n');
    expect(await buildIndex([child, '-o', 'ready.tar'])).toMatchObject({ platform: 'linux/arm64' });
    const asked = await morsel(['build', child, '--platform', 'linux/amd64', '-o', 'x.tar'], { cwd: work });
    expect(asked).toMatchObject({ exitCode: 2 });
    expect(asked.stderr).toContain('is a program for linux/arm64, and --platform asks for linux/amd64');
  });
});
