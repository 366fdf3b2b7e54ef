import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElfFacts } from '../../src/elf/index.ts';

const C_SOURCE = '#include <stdio.h>\nint main(void) { printf("hello %d\\n", 3); return 0; }\n';
const CXX_SOURCE =
  '#include <iostream>\n#include <string>\nint main() { try { throw std::string("hello"); } catch (std::string &s) { std::cout << s << " 3\\n"; } }\n';
const RUST_SOURCE = 'fn main() { println!("hello {}", 3); }\n';
const GO_SOURCE = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello", 3) }\n';
const CGO_SOURCE =
  'package main\n\n/*\n#include <stdlib.h>\n*/\nimport "C"\nimport "fmt"\n\nfunc main() { fmt.Println("hello", C.abs(-3)) }\n';
const FREESTANDING_SOURCE =
  'static const char text[] = "hello 3\\n";\n' +
  'void _start(void) { long r; __asm__ volatile("syscall" : "=a"(r) : "a"(1), "D"(1), "S"(text), "d"(sizeof text - 1) : "rcx", "r11", "memory");\n' +
  '__asm__ volatile("syscall" : "=a"(r) : "a"(60), "D"(0) : "rcx", "r11", "memory"); __builtin_unreachable(); }\n';

export interface Fixture {
  readonly name: string;
  /** Programs that must be there. */
  readonly tools: readonly string[];
  readonly command: (output: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly expected: Pick<ElfFacts, 'machine' | 'link' | 'libc' | 'languages'>;
  /** What strips it; none for the languages' own. */
  readonly strip: string;
  /** It can be started here, without its interpreter being looked for. */
  readonly runs: boolean;
}

const MUSL = '/usr/lib/x86_64-linux-musl';

export function writeSources(folder: string): void {
  const files = { 'h.c': C_SOURCE, 'h.cc': CXX_SOURCE, 'h.rs': RUST_SOURCE, 'free.c': FREESTANDING_SOURCE };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'hello.go'), GO_SOURCE);
  writeFileSync(join(folder, 'cgo.go'), CGO_SOURCE);
}

type Short = readonly [link: ElfFacts['link'], libc: ElfFacts['libc'], languages: ElfFacts['languages']];

function amd64(name: string, tool: string, args: readonly string[], [link, libc, languages]: Short): Fixture {
  return {
    name,
    tools: [tool],
    command: (output) => [tool, ...args, '-o', output],
    expected: { machine: 'x86_64', link, libc, languages },
    strip: 'strip',
    runs: true,
  };
}

function other(machine: string, fixture: Fixture, strip: string): Fixture {
  return { ...fixture, expected: { ...fixture.expected, machine }, strip, runs: false };
}

function zig(target: string, machine: string, cxx: boolean): Fixture {
  const language = cxx ? 'c++' : 'c';
  return {
    name: `zig ${language} ${target}`,
    tools: ['python3'],
    command: (output) => [
      'python3',
      '-m',
      'ziglang',
      language === 'c' ? 'cc' : 'c++',
      '-target',
      target,
      '-Os',
      cxx ? 'h.cc' : 'h.c',
      '-o',
      output,
    ],
    expected: { machine, link: 'static', libc: 'musl', languages: [language] },
    strip: machine === 'x86_64' ? 'strip' : 'llvm-strip',
    runs: machine === 'x86_64',
  };
}

function go(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  expected: Short,
): Fixture {
  const fixture = amd64(name, 'go', [], expected);
  return {
    ...fixture,
    env: { GOFLAGS: '-mod=mod', GO111MODULE: 'off', ...env },
    command: (output) => ['go', 'build', ...args.slice(0, -1), '-o', output, args.at(-1) ?? ''],
  };
}

const EXTERNAL_STATIC = ['-ldflags', '-linkmode external -extldflags -static'] as const;

/** Every way to make a static executable here, and the dynamic ones that are mistaken for them. */
export const FIXTURES: readonly Fixture[] = [
  amd64('glibc static', 'gcc', ['-static', 'h.c'], ['static', 'glibc', ['c']]),
  amd64('glibc static-pie', 'gcc', ['-static-pie', 'h.c'], ['static-pie', 'glibc', ['c']]),
  amd64(
    'glibc static without start files of CET',
    'gcc',
    ['-static', '-Os', '-fcf-protection=none', 'h.c'],
    ['static', 'glibc', ['c']],
  ),
  amd64('glibc static C++', 'g++', ['-static', 'h.cc'], ['static', 'glibc', ['c++']]),
  amd64('glibc dynamic', 'gcc', ['h.c'], ['dynamic', 'glibc', ['c']]),
  amd64(
    'glibc dynamic, static libstdc++',
    'g++',
    ['-static-libstdc++', '-static-libgcc', 'h.cc'],
    ['dynamic', 'glibc', ['c++']],
  ),
  amd64('musl static', 'musl-gcc', ['-static', 'h.c'], ['static', 'musl', ['c']]),
  amd64(
    'musl dynamic, though asked to be static-pie',
    'musl-gcc',
    ['-static-pie', 'h.c'],
    ['dynamic', 'musl', ['c']],
  ),
  {
    ...amd64('musl static-pie', 'musl-gcc', [], ['static-pie', 'musl', ['c']]),
    command: (output) =>
      `gcc -specs ${MUSL}/musl-gcc.specs -fPIE -static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text ${MUSL}/rcrt1.o ${MUSL}/crti.o h.c ${MUSL}/crtn.o -o ${output}`.split(
        ' ',
      ),
  },
  {
    ...amd64('dietlibc', 'diet', [], ['static', 'dietlibc', ['c']]),
    command: (output) => ['diet', 'gcc', 'h.c', '-o', output],
  },
  amd64('no libc', 'gcc', ['-static', '-nostdlib', '-O1', 'free.c'], ['static', 'none', ['c']]),
  amd64(
    'rust static glibc',
    'rustc',
    ['-C', 'target-feature=+crt-static', 'h.rs'],
    ['static-pie', 'glibc', ['rust']],
  ),
  amd64(
    'rust static glibc, no PIE',
    'rustc',
    ['-C', 'target-feature=+crt-static', '-C', 'relocation-model=static', 'h.rs'],
    ['static', 'glibc', ['rust']],
  ),
  amd64('rust dynamic', 'rustc', ['h.rs'], ['dynamic', 'glibc', ['rust']]),
  go('go', ['hello.go'], { CGO_ENABLED: '0' }, ['static', 'go', ['go']]),
  go('go -s -w', ['-ldflags', '-s -w', '-trimpath', 'hello.go'], { CGO_ENABLED: '0' }, [
    'static',
    'go',
    ['go'],
  ]),
  go('go with cgo on but not used', ['hello.go'], { CGO_ENABLED: '1' }, ['static', 'go', ['go']]),
  go('go PIE, which asks for ld.so', ['-buildmode=pie', 'hello.go'], { CGO_ENABLED: '0' }, [
    'dynamic',
    'go',
    ['go'],
  ]),
  go('go cgo dynamic', ['cgo.go'], { CGO_ENABLED: '1' }, ['dynamic', 'glibc', ['go', 'c']]),
  go('go cgo static glibc', [...EXTERNAL_STATIC, 'cgo.go'], { CGO_ENABLED: '1' }, [
    'static',
    'glibc',
    ['go', 'c'],
  ]),
  go('go cgo static musl', [...EXTERNAL_STATIC, 'cgo.go'], { CGO_ENABLED: '1', CC: 'musl-gcc' }, [
    'static',
    'musl',
    ['go', 'c'],
  ]),
  zig('x86_64-linux-musl', 'x86_64', false),
  zig('x86_64-linux-musl', 'x86_64', true),
  other(
    'aarch64',
    amd64('arm64 glibc static', 'aarch64-linux-gnu-gcc', ['-static', 'h.c'], ['static', 'glibc', ['c']]),
    'aarch64-linux-gnu-strip',
  ),
  other(
    'aarch64',
    amd64(
      'arm64 glibc static-pie',
      'aarch64-linux-gnu-gcc',
      ['-static-pie', 'h.c'],
      ['static-pie', 'glibc', ['c']],
    ),
    'aarch64-linux-gnu-strip',
  ),
  other(
    'aarch64',
    amd64('arm64 glibc dynamic', 'aarch64-linux-gnu-gcc', ['h.c'], ['dynamic', 'glibc', ['c']]),
    'aarch64-linux-gnu-strip',
  ),
  other(
    'aarch64',
    go('arm64 go', ['hello.go'], { CGO_ENABLED: '0', GOARCH: 'arm64' }, ['static', 'go', ['go']]),
    'llvm-strip',
  ),
  zig('aarch64-linux-musl', 'aarch64', false),
  zig('x86-linux-musl', 'i386', false),
  zig('arm-linux-musleabihf', 'arm', false),
];

export function buildFixture(fixture: Fixture, folder: string, output: string): void {
  const [program = '', ...args] = fixture.command(output);
  execFileSync(program, args, {
    cwd: folder,
    env: { ...process.env, ...fixture.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** What `sstrip` does, in a few lines of the test's own. */
export function sstrip(bytes: Buffer): Buffer {
  const is64 = bytes[4] === 2;
  const little = bytes[5] === 1;
  if (!little) throw new Error('the test strips little-endian files only');
  const word = (at: number): number => (is64 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at));
  const table = word(is64 ? 32 : 28);
  const count = bytes.readUInt16LE(is64 ? 56 : 44);
  let end = table + count * (is64 ? 56 : 32);
  for (let index = 0; index < count; index++) {
    const at = table + index * (is64 ? 56 : 32);
    const size = word(at + (is64 ? 32 : 16));
    if (size > 0) end = Math.max(end, word(at + (is64 ? 8 : 4)) + size);
  }
  const result = Buffer.from(bytes.subarray(0, end));
  result.fill(0, is64 ? 40 : 32, is64 ? 48 : 36);
  result.fill(0, is64 ? 60 : 48, is64 ? 64 : 52);
  return result;
}
