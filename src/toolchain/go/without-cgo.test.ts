import { describe, expect, it } from 'vitest';
import type { ListedPackage } from './list-packages.ts';
import { compareWithoutCgo } from './without-cgo.ts';

/** A package by its files: those of both builds, those with cgo (`C` in the name: with `import "C"`), those without. */
interface Sources {
  readonly both?: Readonly<Record<string, string>>;
  readonly cgo?: Readonly<Record<string, string>>;
  readonly pure?: Readonly<Record<string, string>>;
  readonly imports?: readonly string[];
  readonly importsWithCgo?: readonly string[];
  /** Nothing of it is there without cgo. */
  readonly gone?: boolean;
  readonly error?: string;
}

function compare(program: Readonly<Record<string, Sources>>) {
  const texts = new Map<string, string>();
  const withCgo = new Map<string, ListedPackage>();
  const withoutCgo = new Map<string, ListedPackage>();
  for (const [path, sources] of Object.entries(program)) {
    const { both = {}, cgo = {}, pure = {}, imports = [], importsWithCgo = [], error = null } = sources;
    for (const [name, text] of Object.entries({ ...both, ...cgo, ...pure }))
      texts.set(`/${path}/${name}`, text);
    const own = { path, name: path.split('/').at(-1) ?? '', directory: `/${path}` };
    const isC = (name: string): boolean => name.includes('C');
    const names = [...Object.keys(both), ...Object.keys(cgo)];
    withCgo.set(path, {
      ...own,
      goFiles: names.filter((name) => !isC(name)),
      cgoFiles: names.filter(isC),
      imports: [...imports, ...importsWithCgo],
      error: null,
    });
    if (sources.gone !== true)
      withoutCgo.set(path, {
        ...own,
        goFiles: [...Object.keys(both), ...Object.keys(pure)],
        cgoFiles: [],
        imports,
        error,
      });
  }
  return compareWithoutCgo(withCgo, withoutCgo, (path) => texts.get(path) ?? '');
}

const main = (body: string, ...imports: readonly string[]): Sources => ({
  both: {
    'main.go': `package main\n\nimport (\n${imports.map((path) => `\t"${path}"\n`).join('')})\n\nfunc main() { ${body} }\n`,
  },
  imports,
});
const howOf = (program: Readonly<Record<string, Sources>>): string | null =>
  compare(program).loss?.how ?? null;

/** As in github.com/mattn/go-sqlite3. */
const SQLITE: Sources = {
  cgo: {
    'sqliteC.go': 'package sqlite3\nimport "C"\nfunc init() { sql.Register("sqlite3", &SQLiteDriver{}) }\n',
  },
  pure: {
    'static_mock.go':
      'package sqlite3\n\nvar errorMsg = errors.New("Binary was compiled with \'CGO_ENABLED=0\', go-sqlite3 requires cgo to work. This is a stub")\n\nfunc init() {\n\tsql.Register("sqlite3", &SQLiteDriver{})\n}\n\ntype SQLiteDriver struct{}\n\nfunc (SQLiteDriver) Open(s string) (driver.Conn, error) { return nil, errorMsg }\nfunc (c *SQLiteConn) RegisterCommitHook(func() int) {}\n',
  },
};

/** As in github.com/coreos/go-systemd/v22/util. */
const SYSTEMD: Sources = {
  both: {
    'util.go':
      'package util\n\nvar ErrNoCGO = fmt.Errorf("built with CGO disabled")\n\n// GetRunningSlice is not mentioned\nfunc GetRunningSlice() (string, error) {\n\treturn getRunningSlice()\n}\n\nfunc IsRunningSystemd() bool {\n\tfi, err := os.Lstat("/run/systemd/system")\n\treturn err == nil && fi.IsDir()\n}\n',
  },
  cgo: {
    'utilC.go': 'package util\nimport "C"\nfunc getRunningSlice() (string, error) { return C.f(), nil }\n',
  },
  pure: { 'stub.go': 'package util\n\nfunc getRunningSlice() (string, error) { return "", ErrNoCGO }\n' },
};

describe('compareWithoutCgo', () => {
  it('knows a stub from a variant', () => {
    expect(howOf({ main: main('', 'x.org/sqlite3'), 'x.org/sqlite3': SQLITE })).toBe('stub');
    // As in go-ethereum's crypto/secp256k1.
    const variant: Sources = {
      cgo: {
        'signC.go': 'package sign\nimport "C"\nfunc Sign(d []byte) ([]byte, error) { return C.f(d), nil }\n',
      },
      pure: {
        'sign.go':
          'package sign\n\nfunc Sign(d []byte) ([]byte, error) {\n\tif len(d) == 0 {\n\t\treturn nil, errors.New("empty")\n\t}\n\treturn btcec.Sign(d), nil\n}\n',
      },
    };
    const program = { main: main('sign.Sign(nil)', 'x.org/sign'), 'x.org/sign': variant };
    expect(compare(program)).toEqual({ loss: null, replaced: ['x.org/sign'] });
  });

  it.each([
    ['an error', 'func Open() (*D, error) { return nil, ErrUnsupported }'],
    ['an error made there', 'func Open() (*D, error) {\n\treturn nil, errors.New("not here")\n}'],
    ['a panic', 'func Open() *D { panic("not here") }'],
    ['an error number', 'func Open() (int, error) {\n\treturn 0, syscall.ENOSYS\n}'],
    ['words of its own', 'func Open() bool { say("needs cgo"); return false }'],
  ])('a stub by %s', (_, text) => {
    const hid: Sources = {
      cgo: { 'hidC.go': 'package hid\nimport "C"\nfunc Open() {}\n' },
      pure: { 'hid_disabled.go': `package hid\n\nfunc Supported() bool { return false }\n\n${text}\n` },
    };
    const used = main('hid.Open()', 'x.org/hid');
    expect(howOf({ main: used, 'x.org/hid': hid })).toBe('stub');
    expect(howOf({ main: main('hid.Other()', 'x.org/hid'), 'x.org/hid': hid })).toBeNull();
  });

  it('counts a stub only where the program gets to it', () => {
    const uses = (body: string) => howOf({ main: main(body, 'x.org/util'), 'x.org/util': SYSTEMD });
    expect(uses('util.IsRunningSystemd()')).toBeNull();
    expect(uses('util.GetRunningSlice()')).toBe('stub');
    expect(uses('// util.GetRunningSlice()\n')).toBeNull();
    const renamed: Sources = {
      both: { 'main.go': 'package main\nimport u "x.org/util"\nfunc main() { u.GetRunningSlice() }\n' },
      imports: ['x.org/util'],
    };
    expect(howOf({ main: renamed, 'x.org/util': SYSTEMD })).toBe('stub');
    const asDot: Sources = {
      both: { 'main.go': 'package main\nimport . "x.org/util"\nfunc main() { GetRunningSlice() }\n' },
      imports: ['x.org/util'],
    };
    expect(howOf({ main: asDot, 'x.org/util': SYSTEMD })).toBe('stub');
  });

  it('knows what does not compile', () => {
    const excluded: Sources = {
      cgo: { 'aC.go': 'package c\nimport "C"\nfunc F() {}\n' },
      error: 'build constraints exclude all Go files in /x',
    };
    expect(howOf({ main: main('c.F()', 'x.org/c'), 'x.org/c': excluded })).toBe('excluded');
    // As in github.com/google/gopacket/pcap.
    const pcap: Sources = {
      both: { 'pcap.go': 'package pcap\nfunc Open() *Handle { return openLive() }\n' },
      cgo: { 'unixC.go': 'package pcap\nimport "C"\nfunc openLive() *Handle { return nil }\n' },
    };
    expect(howOf({ main: main('pcap.Open()', 'x.org/pcap'), 'x.org/pcap': pcap })).toBe('missing');
    const unused: Sources = {
      ...pcap,
      both: { 'pcap.go': 'package pcap\nfunc Version() int { return 1 }\n' },
    };
    expect(howOf({ main: main('pcap.Version()', 'x.org/pcap'), 'x.org/pcap': unused })).toBeNull();
    const called: Sources = {
      both: { 'doc.go': 'package c\n' },
      cgo: { 'aC.go': 'package c\nimport "C"\nfunc F() {}\n' },
    };
    expect(howOf({ main: main('c.F()', 'x.org/c'), 'x.org/c': called })).toBe('missing');
  });

  it('knows what registers itself, and what takes its place', () => {
    const driver: Sources = {
      cgo: { 'driverC.go': 'package driver\nimport "C"\nfunc init() {}\n' },
      gone: true,
    };
    const left = (pure: Readonly<Record<string, string>>): string | null =>
      howOf({
        main: {
          ...main(''),
          cgo: { 'db.go': 'package main\n\nimport _ "x.org/driver"\n' },
          pure,
          importsWithCgo: ['x.org/driver'],
        },
        'x.org/driver': driver,
      });
    expect(left({})).toBe('left-out');
    expect(left({ 'db_pure.go': 'package main\n\nimport _ "y.org/driver"\n' })).toBeNull();
    expect(left({ 'db_pure.go': 'package main\n\n// nothing\n' })).toBe('left-out');
    const mock: Sources = {
      both: { 'doc.go': 'package sqlite3\n' },
      cgo: { 'sqliteC.go': 'package sqlite3\nimport "C"\nfunc init() { sql.Register("sqlite3", d) }\n' },
    };
    expect(howOf({ main: main('', 'x.org/sqlite3'), 'x.org/sqlite3': mock })).toBe('left-out');
  });

  it('looks at the first package alone that a program has instead of one that is gone', () => {
    // As purego in dd-trace: its own packages decide, what imports purego does not.
    const program = {
      main: main('appsec.Start()', 'x.org/appsec'),
      'x.org/appsec': {
        cgo: {
          'waf.go': 'package appsec\nimport "x.org/purego"\nfunc Start() error { return purego.Open() }\n',
        },
        pure: { 'waf_off.go': 'package appsec\nfunc Start() error { return errors.New("not supported") }\n' },
        importsWithCgo: ['x.org/purego'],
      },
      'x.org/purego': {
        both: { 'a.go': 'package purego\n' },
        importsWithCgo: ['x.org/purego/cgo'],
        gone: true,
      },
      'x.org/purego/cgo': { cgo: { 'dlC.go': 'package cgo\nimport "C"\nfunc Dlopen() {}\n' }, gone: true },
    };
    expect(compare(program)).toEqual({ loss: null, replaced: ['x.org/purego/cgo'] });
  });

  it('reads long and odd texts once', () => {
    for (const part of [
      '"\\"',
      "'\\'",
      '/*',
      '`',
      'func (',
      'func f() {',
      'var (\n',
      '}',
      'a.b.',
      'import "',
    ])
      expect(
        howOf({ main: { both: { 'a.go': part.repeat(100_000) }, cgo: { 'bC.go': part.repeat(10_000) } } }),
      ).not.toBe('excluded');
  });
});
