import { describe, expect, it } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import { formatPlatform, hostPlatform } from '../../oci/index.ts';
import type { Project } from '../../project/index.ts';
import { environmentNotes } from './environment-notes.ts';
import { ALL_PLATFORMS, choosePlatforms } from './platforms.ts';

const project = (kind: Project['kind']): Project => ({ kind }) as Project;

const chosen = (
  kind: Project['kind'],
  asked: readonly string[] | undefined,
  environment: Readonly<Record<string, string>> = {},
): readonly [string, string | null] => {
  const { platforms, by } = choosePlatforms(asked, project(kind), environment);
  return [platforms.map(formatPlatform).join(' '), by];
};

const refusal = (...given: Parameters<typeof chosen>): string => {
  try {
    return `taken: ${chosen(...given).join(' ')}`;
  } catch (error) {
    if (error instanceof MorselError) return `${error.code}: ${error.message}`;
    throw error;
  }
};

describe('--platform', () => {
  it.each([
    [['linux/arm64'], 'linux/arm64'],
    [['linux/arm64/v8'], 'linux/arm64'],
    [['linux/arm'], 'linux/arm/v7'],
    [['linux/amd64,linux/arm64', 'linux/amd64'], 'linux/amd64 linux/arm64'],
    [['linux/s390x, linux/amd64'], 'linux/s390x linux/amd64'],
    [['all'], ALL_PLATFORMS.join(' ')],
    [['linux/loong64', 'all'], ['linux/loong64', ...ALL_PLATFORMS].join(' ')],
  ])('%j is %s', (asked, expected) => {
    expect(chosen('c', asked)).toEqual([expected, '--platform']);
  });

  it.each([
    [['windows/amd64'], 'windows/amd64 cannot be built: images are built for Linux'],
    [['linux/vax'], 'linux/vax cannot be built: no such architecture is known'],
    [['linux/amd64/v3'], 'linux/amd64/v3 cannot be built: there is no v3 of amd64 to build for'],
    [['linux/arm/v8'], 'linux/arm/v8 cannot be built: arm has v5, v6, v7'],
    [['linux/arm/v6'], 'linux/arm/v6 cannot be built: only Go is compiled for it here'],
    [[''], '"" is not a platform'],
    [['arm64'], '"arm64" is not a platform'],
  ])('%j is refused', (asked, message) => {
    expect(refusal('rust', asked)).toBe(`USAGE: ${message}`);
  });

  it('wins over the environment', () => {
    expect(chosen('go', ['linux/arm/v6'], { GOARCH: 'arm64' })).toEqual(['linux/arm/v6', '--platform']);
  });
});

describe('the environment', () => {
  const host = formatPlatform(hostPlatform());

  it.each([
    ['go', {}, host, null],
    ['go', { GOARCH: '', GOOS: '' }, host, null],
    ['go', { GOARCH: 'arm64' }, 'linux/arm64', 'GOARCH=arm64'],
    ['go', { GOOS: 'linux', GOARCH: 'arm' }, 'linux/arm/v7', 'GOARCH=arm'],
    ['go', { GOARCH: 'arm', GOARM: '6,softfloat' }, 'linux/arm/v6', 'GOARCH=arm GOARM=6,softfloat'],
    ['go', { CARGO_BUILD_TARGET: 'aarch64-unknown-linux-gnu' }, host, null],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'aarch64-unknown-linux-musl' },
      'linux/arm64',
      'CARGO_BUILD_TARGET=aarch64-unknown-linux-musl',
    ],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'riscv64gc-unknown-linux-gnu' },
      'linux/riscv64',
      'CARGO_BUILD_TARGET=riscv64gc-unknown-linux-gnu',
    ],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'armv7-unknown-linux-gnueabihf' },
      'linux/arm/v7',
      'CARGO_BUILD_TARGET=armv7-unknown-linux-gnueabihf',
    ],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'i686-unknown-linux-musl' },
      'linux/386',
      'CARGO_BUILD_TARGET=i686-unknown-linux-musl',
    ],
    ['c', { CC: 'clang -O2' }, host, null],
    ['c', { CC: 'musl-gcc' }, host, null],
    ['c', { CC: 'ccache aarch64-linux-gnu-gcc' }, 'linux/arm64', 'CC=ccache aarch64-linux-gnu-gcc'],
    ['c', { CC: '/opt/bin/aarch64-linux-gnu-gcc' }, 'linux/arm64', 'CC=/opt/bin/aarch64-linux-gnu-gcc'],
    ['c', { CC: 'arm-linux-gnueabihf-gcc-12' }, 'linux/arm/v7', 'CC=arm-linux-gnueabihf-gcc-12'],
    ['c', { CC: 'zig cc -target x86-linux-musl' }, 'linux/386', 'CC=zig cc -target x86-linux-musl'],
    ['c', { CC: 'clang --target=riscv64-linux-gnu' }, 'linux/riscv64', 'CC=clang --target=riscv64-linux-gnu'],
    ['binary', { GOARCH: 'arm64', CC: 'aarch64-linux-gnu-gcc' }, host, null],
  ] as const)('of %s: %j', (kind, environment, platform, by) => {
    expect(chosen(kind, undefined, environment)).toEqual([platform, by]);
  });

  it.each([
    ['go', { GOOS: 'darwin' }, 'GOOS=darwin of the environment: images are built for Linux'],
    ['go', { GOARCH: 'wasm' }, 'GOARCH=wasm of the environment: no such architecture is known'],
    ['go', { GOARCH: 'arm', GOARM: '8' }, 'GOARM=8 of the environment: it is 5, 6 or 7'],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'wasm32-wasip1' },
      'CARGO_BUILD_TARGET=wasm32-wasip1 of the environment: that is no Linux that images are built for',
    ],
    [
      'rust',
      { CARGO_BUILD_TARGET: 'arm-unknown-linux-musleabihf' },
      'linux/arm/v6 cannot be built: only Go is compiled for it here',
    ],
    ['c', { CC: 'x86_64-w64-mingw32-gcc' }, `taken: ${host} `],
    [
      'c',
      { CC: 'clang --target=arm64-apple-darwin' },
      'CC=clang --target=arm64-apple-darwin of the environment: no such Linux is known',
    ],
  ] as const)('of %s is refused: %j', (kind, environment, message) => {
    const expected = message.startsWith('taken') ? message : `USAGE: ${message}`;
    expect(refusal(kind, undefined, environment)).toBe(expected);
  });
});

describe('environmentNotes', () => {
  const notes = (kind: Project['kind'], by: string | null, environment: Record<string, string>): string[] =>
    environmentNotes(project(kind), { by }, environment).map(({ message }) => message);

  it('say what was taken, what gave way, and what compiles nothing', () => {
    expect(notes('go', 'GOARCH=arm64', { GOARCH: 'arm64' })).toEqual([
      'built for what GOARCH=arm64 of the environment says',
    ]);
    expect(notes('go', '--platform', { GOARCH: 'arm', GOARM: '6' })).toEqual([
      'GOARCH and GOARM of the environment are not used: --platform says what it is built for',
    ]);
    expect(notes('c', null, { CC: 'clang', CXX: '' })).toEqual([
      'CC=clang of the environment does not compile it: each rung has a compiler for its C library',
    ]);
    expect(notes('rust', null, { CC: 'clang' })).toEqual([]);
  });
});
