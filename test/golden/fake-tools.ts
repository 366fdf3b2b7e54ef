import { type Compiler, NO_TOOLS, type RustToolchain, type Tool, type Tools } from '../../src/toolchain/index.ts';

/** A machine made by hand: planners see data, so no toolchain is needed to test what they decide. */
export function tool(path: string, version: string | null = null): Tool {
  return { path, argvPrefix: [], version };
}

function compiler(path: string, over: Partial<Compiler>): Compiler {
  return {
    ...tool(path, '12.2.0'),
    family: 'gcc',
    architecture: 'amd64',
    libc: 'glibc',
    kind: 'native',
    libcVersion: null,
    libraryDirectory: null,
    staticLibc: true,
    staticCxx: true,
    ...over,
  };
}

export const GCC = compiler('/usr/bin/gcc', { libcVersion: '2.36' });
export const MUSL_GCC = compiler('/usr/bin/musl-gcc', {
  libc: 'musl',
  kind: 'wrapper',
  libraryDirectory: '/usr/lib/x86_64-linux-musl',
  staticCxx: false,
});
export const CROSS_GCC = compiler('/usr/bin/aarch64-linux-gnu-gcc', { architecture: 'arm64', kind: 'cross' });
export const ZIG = tool('/opt/zig/zig', '0.17.1');

export const RUSTUP: RustToolchain = {
  name: 'stable-x86_64-unknown-linux-gnu',
  cargo: tool('/home/u/.rustup/toolchains/stable/bin/cargo', '1.95.0'),
  rustc: tool('/home/u/.rustup/toolchains/stable/bin/rustc', '1.95.0'),
  channel: 'stable',
  sysroot: '/home/u/.rustup/toolchains/stable',
  isDefault: true,
  targets: ['x86_64-unknown-linux-gnu'],
  librarySource: null,
  libraryVendor: null,
};

export const DEBIAN_RUST: RustToolchain = {
  name: 'system',
  cargo: tool('/usr/bin/cargo', '1.96.0'),
  rustc: tool('/usr/bin/rustc', '1.96.0'),
  channel: 'stable',
  sysroot: '/usr',
  isDefault: false,
  targets: ['x86_64-unknown-linux-gnu'],
  librarySource: '/usr/src/rustc-1.96.0/library',
  libraryVendor: '/usr/src/rustc-1.96.0/library/vendor',
};

export interface FakeMachine {
  readonly compilers?: readonly Compiler[];
  readonly zig?: boolean;
  readonly toolchains?: readonly RustToolchain[];
  readonly unwinder?: boolean;
  readonly go?: boolean;
  readonly strip?: boolean;
}

export function machine(fake: FakeMachine): Tools {
  return {
    ...NO_TOOLS,
    c: { ...NO_TOOLS.c, cCompilers: fake.compilers ?? [], zig: fake.zig === true ? ZIG : null },
    build: { ...NO_TOOLS.build, strip: fake.strip === false ? {} : { amd64: tool('/usr/bin/strip') } },
    rust: {
      toolchains: fake.toolchains ?? [],
      unwinder: fake.unwinder === true ? '/usr/lib/llvm-19/lib/libunwind.a' : null,
    },
    go: { go: fake.go === true ? tool('/usr/bin/go', '1.24.4') : null },
  };
}
