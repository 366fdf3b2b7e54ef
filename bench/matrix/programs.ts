import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One program to judge and to run. `origin` says where it comes from, for the table. */
export interface Program {
  readonly path: string;
  readonly origin: string;
}

const C = '#include <stdio.h>\nint main(void){puts("hello");return 0;}\n';
const THREADS =
  '#include <pthread.h>\n#include <stdio.h>\nstatic void*f(void*a){puts("thread");return a;}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);return 0;}\n';
const MATH =
  '#include <math.h>\n#include <stdio.h>\nint main(int c,char**v){(void)v;printf("%f\\n",cos(c));return 0;}\n';
const RANDOM =
  '#include <stdlib.h>\n#include <stdio.h>\nint main(void){printf("%u\\n",arc4random());return 0;}\n';
const CPP =
  '#include <iostream>\n#include <thread>\nint main(){std::thread t([]{std::cout<<"hello\\n";});t.join();}\n';
const CPP_NEWER =
  '#include <charconv>\n#include <iostream>\nint main(int c,char**){char b[64];auto r=std::to_chars(b,b+64,c*1.5);std::cout.write(b,r.ptr-b);}\n';
const GO = 'package main\nimport "fmt"\nfunc main(){fmt.Println("hello")}\n';
const RUST = 'fn main(){println!("hello {}",std::env::args().count());}\n';
const IFUNC =
  'static int a(void){return 0;}\nstatic int(*r(void))(void){return a;}\nint f(void)__attribute__((ifunc("r")));\nint main(void){return f();}\n';
const GONE = 'int gone(void);\nint main(void){return gone();}\n';

type Recipe = readonly [name: string, source: string, extension: string, command: readonly string[]];

const M = '/usr/lib/x86_64-linux-musl';
const RECIPES: readonly Recipe[] = [
  ['c-dynamic', C, 'c', ['gcc', '-O2', 'IN', '-o', 'OUT']],
  ['c-nopie', C, 'c', ['gcc', '-O2', '-no-pie', 'IN', '-o', 'OUT']],
  ['c-bind-now', C, 'c', ['gcc', '-O2', '-Wl,-z,now', 'IN', '-o', 'OUT']],
  ['c-lazy', C, 'c', ['gcc', '-O2', '-Wl,-z,lazy', 'IN', '-o', 'OUT']],
  ['c-sysv-hash', C, 'c', ['gcc', '-O2', '-Wl,--hash-style=sysv', 'IN', '-o', 'OUT']],
  ['c-execstack', C, 'c', ['gcc', '-O2', '-Wl,-z,execstack', 'IN', '-o', 'OUT']],
  ['c-static', C, 'c', ['gcc', '-O2', '-static', 'IN', '-o', 'OUT']],
  ['c-static-stripped', C, 'c', ['gcc', '-O2', '-static', '-s', 'IN', '-o', 'OUT']],
  ['c-static-pie', C, 'c', ['gcc', '-O2', '-static-pie', 'IN', '-o', 'OUT']],
  ['c-threads', THREADS, 'c', ['gcc', '-O2', 'IN', '-o', 'OUT']],
  ['c-threads-static', THREADS, 'c', ['gcc', '-O2', '-static', 'IN', '-o', 'OUT']],
  ['c-math', MATH, 'c', ['gcc', '-O0', 'IN', '-o', 'OUT', '-lm']],
  ['c-arc4random', RANDOM, 'c', ['gcc', '-O2', 'IN', '-o', 'OUT']],
  ['c-relr', C, 'c', ['gcc', '-O2', '-fuse-ld=lld', '-Wl,-z,pack-relative-relocs', 'IN', '-o', 'OUT']],
  ['c-isa-v2', C, 'c', ['gcc', '-O2', '-Wl,-z,x86-64-v2', 'IN', '-o', 'OUT']],
  ['c-ifunc-static', IFUNC, 'c', ['gcc', '-O2', '-static', 'IN', '-o', 'OUT']],
  ['c-undefined-lazy', GONE, 'c', ['gcc', '-O2', '-Wl,-z,lazy', 'IN', 'STUB', '-o', 'OUT']],
  ['c-undefined-now', GONE, 'c', ['gcc', '-O2', '-Wl,-z,now', 'IN', 'STUB', '-o', 'OUT']],
  ['c-odd-loader', C, 'c', ['gcc', '-O2', '-Wl,--dynamic-linker=/opt/ld.so', 'IN', '-o', 'OUT']],
  ['musl-dynamic', C, 'c', ['musl-gcc', '-O2', 'IN', '-o', 'OUT']],
  ['musl-static', C, 'c', ['musl-gcc', '-O2', '-static', 'IN', '-o', 'OUT']],
  ['musl-static-stripped', C, 'c', ['musl-gcc', '-Os', '-static', '-s', 'IN', '-o', 'OUT']],
  [
    'musl-static-pie',
    C,
    'c',
    [
      'gcc',
      '-specs',
      `${M}/musl-gcc.specs`,
      '-fPIE',
      '-static',
      '-nostartfiles',
      '-Wl,-pie,--no-dynamic-linker,-z,text',
      `${M}/rcrt1.o`,
      `${M}/crti.o`,
      'IN',
      `${M}/crtn.o`,
      '-o',
      'OUT',
    ],
  ],
  ['musl-static-pie-by-wrapper', C, 'c', ['musl-gcc', '-static-pie', 'IN', '-o', 'OUT']],
  ['musl-static-lld', C, 'c', ['musl-gcc', '-O2', '-static', '-fuse-ld=lld', 'IN', '-o', 'OUT']],
  ['musl-threads', THREADS, 'c', ['musl-gcc', '-O2', 'IN', '-o', 'OUT']],
  [
    'musl-relr',
    C,
    'c',
    ['musl-gcc', '-O2', '-fPIE', '-pie', '-fuse-ld=lld', '-Wl,-z,pack-relative-relocs', 'IN', '-o', 'OUT'],
  ],
  ['musl-ifunc-static', IFUNC, 'c', ['musl-gcc', '-O2', '-static', 'IN', '-o', 'OUT']],
  ['musl-undefined', GONE, 'c', ['musl-gcc', '-O2', 'IN', 'STUB', '-o', 'OUT']],
  ['dietlibc-static', C, 'c', ['diet', 'gcc', '-O2', 'IN', '-o', 'OUT']],
  ['cpp-dynamic', CPP, 'cc', ['g++', '-O2', 'IN', '-o', 'OUT']],
  ['cpp-static', CPP, 'cc', ['g++', '-O2', '-static', 'IN', '-o', 'OUT']],
  [
    'cpp-static-libstdcxx',
    CPP,
    'cc',
    ['g++', '-O2', '-static-libstdc++', '-static-libgcc', 'IN', '-o', 'OUT'],
  ],
  ['cpp-to-chars', CPP_NEWER, 'cc', ['g++', '-std=c++17', '-O2', 'IN', '-o', 'OUT']],
  ['go-static', GO, 'go', ['go', 'build', '-o', 'OUT', 'IN']],
  ['go-stripped', GO, 'go', ['go', 'build', '-ldflags=-s -w', '-o', 'OUT', 'IN']],
  ['go-pie', GO, 'go', ['go', 'build', '-buildmode=pie', '-o', 'OUT', 'IN']],
  ['rust-dynamic', RUST, 'rs', ['rustc', '-O', 'IN', '-o', 'OUT']],
  ['rust-static', RUST, 'rs', ['rustc', '-O', '-C', 'target-feature=+crt-static', 'IN', '-o', 'OUT']],
];

/** Compiles what this machine's compilers can; says which could not be made. */
export function compilePrograms(directory: string, say: (line: string) => void): readonly Program[] {
  mkdirSync(directory, { recursive: true });
  makeStubs(directory);
  return RECIPES.flatMap(([name, source, extension, [program = '', ...args]]) => {
    const input = join(directory, `${name}.${extension}`);
    const output = join(directory, name);
    writeFileSync(input, source);
    const words = args.map((word) =>
      word === 'IN'
        ? input
        : word === 'OUT'
          ? output
          : word === 'STUB'
            ? join(directory, `${program}-stub.so`)
            : word,
    );
    const env = { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' };
    const done = spawnSync(program, words, { env, cwd: directory, encoding: 'utf8' });
    if (done.status === 0) return [{ path: output, origin: 'test program' }];
    say(`not made: ${name}: ${done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? ''}`);
    return [];
  });
}

/** Libraries with the names of real ones and a function more: a program linked with them finds that it is gone. */
function makeStubs(directory: string): void {
  const stubs = { gcc: 'libm.so.6', 'musl-gcc': 'libm.so' };
  for (const [program, soname] of Object.entries(stubs)) {
    const output = join(directory, `${program}-stub.so`);
    const args = ['-shared', '-fPIC', '-nostdlib', `-Wl,-soname,${soname}`, '-x', 'c', '-', '-o', output];
    spawnSync(program, args, { input: 'int gone(void){return 0;}\n' });
  }
}
