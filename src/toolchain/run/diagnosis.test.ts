import { describe, expect, it } from 'vitest';
import { findDiagnosis } from './diagnosis.ts';

const read = (text: string, byCargo = false): ReturnType<typeof findDiagnosis> =>
  findDiagnosis(text.split('\n'), byCargo);

describe('findDiagnosis', () => {
  it.each([
    [
      'main.c: In function ‘main’:\nmain.c:3:5: error: ‘x’ undeclared',
      'main.c:3:5: error: ‘x’ undeclared',
      'c',
    ],
    ['a b.cpp:3: error: no', 'a b.cpp:3: error: no', 'c'],
    [
      'In file included from a.c:1:\nx.h:1:10: fatal error: y.h: No such file or directory',
      'x.h:1:10: fatal error: y.h: No such file or directory',
      'c',
    ],
    ['[1/2] cc -c x.c\nFAILED: x.o\n../x.c:9:1: error: e', '../x.c:9:1: error: e', 'c'],
    [
      'error[E0308]: mismatched types\n --> src/main.rs:2:18\n  |',
      'error[E0308]: mismatched types --> src/main.rs:2:18',
      'rustc',
    ],
    [
      'error: expected `;`, found `x`\n   --> src/main.rs:12:3',
      'error: expected `;`, found `x` --> src/main.rs:12:3',
      'rustc',
    ],
    [
      'error: unclosed array, expected `]`\n --> Cargo.toml:6:7',
      'error: unclosed array, expected `]` --> Cargo.toml:6:7',
      'cargo',
    ],
    ['# a\n./main.go:5:9: undefined: x', './main.go:5:9: undefined: x', 'go'],
    [
      'main.go:2:8: no required module provides package g.com/x/y; to add it:\n\tgo get g.com/x/y',
      'main.go:2:8: no required module provides package g.com/x/y; to add it:',
      'go',
    ],
    [
      'go: downloading x v1\ngo: errors parsing go.mod:\ngo.mod:1: unknown directive: modul',
      'go.mod:1: unknown directive: modul',
      'go',
    ],
    ['go: updates to go.mod needed', 'go: updates to go.mod needed', 'go'],
    ['configure: error: libx is required\nchecking', 'configure: error: libx is required', 'configure'],
    [
      "configure: error: \n*** No curses was found.\n*** Install it.\nSee `config.log' for more details",
      'configure: error: *** No curses was found. *** Install it.',
      'configure',
    ],
    [
      "configure: error: Package requirements (foo) were not met:\n\nNo package 'foo' found\n\nConsider adjusting",
      "configure: error: Package requirements (foo) were not met: No package 'foo' found",
      'configure',
    ],
    [
      "CMake Error:\n  Running\n\n   '/usr/bin/ninja' '-t' 'recompact'\n\n  failed with:\n\n   ninja: error: build.ninja:155: bad $-escape\n\nCMake Warning:\n  x",
      "CMake Error: Running '/usr/bin/ninja' '-t' 'recompact' failed with: ninja: error: build.ninja:155: bad $-escape",
      'cmake',
    ],
    [
      'Error: zlib not found please install it or specify the location with --with-zlib\nTry: "configure --help"',
      'Error: zlib not found please install it or specify the location with --with-zlib',
      'configure',
    ],
    [
      'CMake Error at CMakeLists.txt:4 (frob):\n  Unknown CMake command "frob".\n\n\n-- Configuring incomplete',
      'CMake Error at CMakeLists.txt:4 (frob): Unknown CMake command "frob".',
      'cmake',
    ],
    [
      'CMake Error at CMakeLists.txt:9 (add_executable):\n  Cannot find source file:\n\n    nope.c\n\n  Tried extensions .c',
      'CMake Error at CMakeLists.txt:9 (add_executable): Cannot find source file: nope.c',
      'cmake',
    ],
    [
      'CMake Error at CMakeLists.txt:5:\n  Parse error.  Function missing ending ")".',
      'CMake Error at CMakeLists.txt:5: Parse error.  Function missing ending ")".',
      'cmake',
    ],
    [
      'CMake Error at /usr/share/cmake/Modules/F.cmake:230 (message):\n  Could NOT find GIF (missing: GIF_LIBRARY)\nCall Stack (most recent call first):\n  /usr/share/cmake/Modules/F.cmake:600 (_F)\n  CMakeLists.txt:5 (find_package)',
      'CMake Error at CMakeLists.txt:5 (find_package): Could NOT find GIF (missing: GIF_LIBRARY)',
      'cmake',
    ],
    [
      'meson.build:3:0: ERROR: Dependency "foo" not found',
      'meson.build:3:0: ERROR: Dependency "foo" not found',
      'meson',
    ],
    [
      'Source dir: /home/u/p\n../../../u/p/sub/meson.build:3:0: ERROR: no',
      'sub/meson.build:3:0: ERROR: no',
      'meson',
    ],
  ])('%j', (text, headline, tool) => {
    expect(read(text)).toMatchObject({ headline, tool });
  });

  it.each([
    [
      'error: no matching package named `zz` found\nlocation searched: crates.io index',
      'error: no matching package named `zz` found',
    ],
    [
      'error: failed to get `x` as a dependency\n\nCaused by:\n  failed to load\n\nCaused by:\n  No such file or directory (os error 2)',
      'error: failed to get `x` as a dependency: No such file or directory (os error 2)',
    ],
    [
      "error: failed to run custom build command for `clang-sys v1`\n\nCaused by:\n  process didn't exit\n  --- stderr\n\n  thread 'main' (7) panicked at x.rs:1:1:\n  Unable to find libclang: \"the library could not be opened\"",
      'error: failed to run custom build command for `clang-sys v1`: Unable to find libclang: "the library could not be opened"',
    ],
    [
      "error: failed to run custom build command for `a v1`\n  --- stderr\n  thread 'main' panicked at build.rs:3:5:\n  it is Monday\n  note: run",
      'error: failed to run custom build command for `a v1`: it is Monday',
    ],
  ])('of cargo alone: %j', (text, headline) => {
    expect(read(text, true)).toMatchObject({ headline, tool: 'cargo', file: null });
    expect(read(text)).toBeNull();
  });

  it('gives the place apart', () => {
    expect(read('src/a.c:3:5: error: no')).toEqual({
      tool: 'c',
      headline: 'src/a.c:3:5: error: no',
      file: 'src/a.c',
      line: 3,
      column: 5,
      message: 'no',
    });
  });

  it.each([
    "main.c:(.text+0x5): undefined reference to `x'",
    'ld.lld: error: undefined symbol: backtrace',
    'error: could not compile `te` (bin "te") due to 1 previous error',
    'error: linking with `cc` failed: exit status: 1',
    'make: *** [Makefile:4: main.o] Error 1',
    'main.c:3:5: warning: unused',
    'checking for error.h... no',
  ])('is not %j', (text) => {
    expect(read(text)).toBeNull();
    expect(read(text, true)).toBeNull();
  });

  it('takes linear time', () => {
    const long = 'a:'.repeat(190);
    expect(read(Array.from({ length: 20_000 }, () => long).join('\n'), true)).toBeNull();
  });
});
