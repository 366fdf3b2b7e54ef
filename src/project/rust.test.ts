import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../core/errors.ts';
import { detectRust } from './rust.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-rust-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function tree(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const ENV = { HOME: '/nowhere' };
const detect = (path = '.', binary?: string, env: Record<string, string> = {}) =>
  detectRust(join(root, path), { binary, env: { ...ENV, ...env } });

function failure(work: () => unknown): MorselError {
  try {
    work();
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const PACKAGE = '[package]\nname = "My_App"\nversion = "1.2.3"\nlicense = "MIT/Apache-2.0"\n';

describe('detectRust', () => {
  it('is null without a Cargo.toml', () => {
    expect(detect()).toBeNull();
  });

  it('describes a package with one binary', () => {
    tree({ 'Cargo.toml': PACKAGE, 'src/main.rs': '' });
    expect(detect()).toMatchObject({
      name: 'my_app',
      version: '1.2.3',
      license: 'MIT OR Apache-2.0',
      package: 'My_App',
      binary: 'My_App',
      workspaceRoot: root,
      hasLockFile: false,
      settings: { targetDirectory: join(root, 'target'), environmentRustflags: null, buildRustflags: [] },
    });
  });

  it('lists several binaries instead of guessing, and takes the one that is named', () => {
    tree({
      'Cargo.toml': PACKAGE,
      'src/bin/second.rs': '',
      'src/bin/third/main.rs': '',
      'src/bin/data/notes.txt': '',
    });
    const error = failure(() => detect());
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.details?.['candidates']).toEqual(['second', 'third']);
    expect(error.hint).toContain('--bin second');
    expect(detect('.', 'third')).toMatchObject({ binary: 'third', name: 'third' });
    expect(failure(() => detect('.', 'fourth')).code).toBe('NO_PROJECT');
  });

  it.each([
    ['the one called as the package', '[package]\nname = "tool"\n', ['tool', 'helper'], 'tool'],
    ['without the ending of a package', '[package]\nname = "tool-cli"\n', ['tool', 'helper'], 'tool'],
    ['default-run', '[package]\nname = "tool"\ndefault-run = "helper"\n', ['tool', 'helper'], 'helper'],
  ])('takes %s, and says which others there are', (_, manifest, names, meant) => {
    tree({ 'Cargo.toml': manifest });
    for (const name of names) tree({ [`src/bin/${name}.rs`]: '' });
    const other = names.find((name) => name !== meant) ?? '';
    expect(detect()).toMatchObject({ binary: meant, name: meant });
    expect(detect()?.notes).toEqual([
      {
        message: `took the binary ${meant}; there is also ${other}`,
        hint: `choose another with --bin, as in: --bin ${other}`,
      },
    ]);
    expect(detect('.', other)?.notes).toEqual([]);
  });

  it('means the program of a repository among those of a workspace', () => {
    tree({
      'Cargo.toml':
        '[workspace]\nmembers = ["*"]\n[workspace.package]\nversion = "2.0.1"\nlicense = "MPL-2.0"\nrepository = "https://example.com/org/hx.git/"\n',
    });
    for (const name of ['hx', 'xtask'])
      tree({
        [`${name}-bin/Cargo.toml`]: `[package]\nname = "${name}-bin"\nversion.workspace = true\nlicense.workspace = true\nrepository.workspace = true\n[[bin]]\nname = "${name}"\npath = "main.rs"\n`,
      });
    const meant = { name: 'hx', binary: 'hx', package: 'hx-bin', version: '2.0.1', license: 'MPL-2.0' };
    expect(detect()).toMatchObject(meant);
    expect(detect('hx-bin')).toMatchObject(meant);
  });

  it('names the image after the program, and takes the licence of the package before that of the workspace', () => {
    const text = 'This is free and unencumbered software released into the public domain.\n';
    tree({
      'Cargo.toml': '[workspace]\nmembers = ["grep"]\n',
      'grep/Cargo.toml': '[package]\nname = "ripgrep"\n[[bin]]\nname = "rg"\npath = "main.rs"\n',
      'grep/UNLICENSE': text,
    });
    expect(detect()).toMatchObject({ name: 'rg', package: 'ripgrep', license: 'Unlicense' });
  });

  it.each([
    ['rust-toolchain', '1.70\n', '1.70'],
    ['rust-toolchain', 'nightly-2024-01-01\n', 'nightly-2024-01-01'],
    ['rust-toolchain', '[toolchain]\nchannel = "beta"\n', 'beta'],
    ['rust-toolchain.toml', '[toolchain]\nchannel = "1.70.1"\ntargets = ["x"]\n', '1.70.1'],
    ['rust-toolchain.toml', '[toolchain]\ncomponents = ["clippy"]\n', null],
  ])('reads which toolchain is wanted: %s %j', (file, text, wanted) => {
    tree({ 'Cargo.toml': PACKAGE, 'src/main.rs': '', [file]: text });
    expect(detect()?.wanted?.toolchain ?? null).toBe(wanted);
    expect(detect('.', undefined, { RUSTUP_TOOLCHAIN: 'mine' })?.wanted).toMatchObject({ toolchain: 'mine' });
  });

  it('reads the toolchain of a folder above, a path, and no name that could be an option', () => {
    tree({
      'x/Cargo.toml': PACKAGE,
      'x/src/main.rs': '',
      'rust-toolchain.toml': '[toolchain]\npath = "own"\n',
    });
    expect(detect('x')?.wanted).toEqual({
      toolchain: join(root, 'own'),
      kind: 'path',
      by: join(root, 'rust-toolchain.toml'),
    });
    for (const name of ['--profile', '../x', 'a b', '$(x)']) {
      tree({ 'rust-toolchain.toml': `[toolchain]\nchannel = ${JSON.stringify(name)}\n` });
      expect(failure(() => detect('x')).code).toBe('CONFIG_INVALID');
    }
  });

  it('takes default-run, and leaves out binaries whose features are off', () => {
    tree({
      'Cargo.toml': `${PACKAGE}default-run = "b"\n[[bin]]\nname = "a"\npath = "src/a.rs"\n[[bin]]\nname = "b"\npath = "src/b.rs"\n`,
    });
    expect(detect()?.binary).toBe('b');
    tree({
      'Cargo.toml': `${PACKAGE}[[bin]]\nname = "a"\npath = "src/bin/x.rs"\n[[bin]]\nname = "b"\npath = "src/b.rs"\nrequired-features = ["extra", "std"]\n[features]\ndefault = ["base"]\nbase = ["std"]\nstd = []\nextra = []\n`,
      'src/bin/x.rs': '',
    });
    expect(detect()).toMatchObject({ binary: 'a', features: [] });
    expect(detect('.', 'b')).toMatchObject({ binary: 'b', features: ['extra'] });
  });

  it('reads a virtual workspace: globs, excluded folders, inherited fields, the profile', () => {
    tree({
      'Cargo.toml':
        '[workspace]\nmembers = ["crates/*", "tools/x[0-9]"]\nexclude = ["crates/old"]\n' +
        '[workspace.package]\nversion = "4.5.6"\nlicense = "MIT"\nrust-version = "1.70"\n' +
        '[profile.release]\nlto = "thin"\npanic = "abort"\n',
      'crates/app/Cargo.toml':
        '[package]\nname = "app"\nversion.workspace = true\nlicense.workspace = true\nrust-version = { workspace = true }\n',
      'crates/app/src/main.rs': '',
      'crates/lib/Cargo.toml': '[package]\nname = "lib"\n',
      'crates/old/Cargo.toml': '[package]\nname = "old"\n',
      'crates/old/src/main.rs': '',
      'crates/README.md': '',
    });
    const expected = {
      package: 'app',
      version: '4.5.6',
      license: 'MIT',
      rustVersion: '1.70',
      workspaceRoot: root,
      packageDirectory: join(root, 'crates/app'),
      profile: { lto: true, panicAbort: true },
    };
    expect(detect()).toMatchObject(expected);
    // From a member's own folder the workspace is found above.
    expect(detect('crates/app')).toMatchObject(expected);
    expect(detect('crates/old')).toMatchObject({ workspaceRoot: join(root, 'crates/old') });
  });

  it('prefers default-members, and looks in members when the root is a library', () => {
    tree({
      'Cargo.toml': '[workspace]\nmembers = ["a", "b"]\ndefault-members = ["b"]\n',
      'a/Cargo.toml': '[package]\nname = "a"\n',
      'a/src/main.rs': '',
      'b/Cargo.toml': '[package]\nname = "b"\n',
      'b/src/main.rs': '',
    });
    expect(detect()?.package).toBe('b');
    expect(detect('.', 'a')?.package).toBe('a');
    tree({ 'Cargo.toml': `${PACKAGE}[workspace]\nmembers = ["a"]\n`, 'src/lib.rs': '' });
    expect(detect()?.package).toBe('a');
  });

  it('says that a library is none, and where the TOML is wrong', () => {
    tree({ 'Cargo.toml': PACKAGE, 'src/lib.rs': '' });
    expect(failure(() => detect()).code).toBe('NO_PROJECT');
    tree({ 'Cargo.toml': '[package]\nname = \n' });
    const error = failure(() => detect());
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('Cargo.toml:2');
  });

  it('finds crates with C code in Cargo.lock', () => {
    const entry = (name: string, ...dependencies: string[]) =>
      `[[package]]\nname = "${name}"\nversion = "1.0.0"\nsource = "registry"\ndependencies = ${JSON.stringify(dependencies)}\n`;
    tree({
      'Cargo.toml': PACKAGE,
      'src/main.rs': '',
      'Cargo.lock': [
        'version = 4\n',
        entry('libsqlite3-sys', 'cc', 'pkg-config'),
        entry('ring', 'cc 1.2.0'),
        entry('onig_sys'),
        entry('windows-sys', 'windows-targets'),
        entry('linux-raw-sys'),
        entry('serde'),
        entry('cc', 'shlex'),
        '[[package]]\nname = "my-sys"\nversion = "1.0.0"\n',
      ].join(''),
    });
    expect(detect()).toMatchObject({
      hasLockFile: true,
      systemCrates: ['libsqlite3-sys', 'onig_sys', 'ring'],
    });
  });

  it('keeps the settings that a plan must not lose', () => {
    tree({
      'Cargo.toml': PACKAGE,
      'src/main.rs': '',
      '.cargo/config.toml': '[build]\ntarget-dir = "out"\nrustflags = ["-Ctarget-cpu=native"]\n',
      'home/config.toml': '[build]\nrustflags = "-Cforce-frame-pointers=yes"\ntarget-dir = "/elsewhere"\n',
    });
    const settings = detect('.', undefined, {
      CARGO_HOME: join(root, 'home'),
      CC_aarch64_unknown_linux_musl: 'x',
    })?.settings;
    expect(settings).toEqual({
      targetDirectory: join(root, 'out'),
      cargoHome: join(root, 'home'),
      environmentRustflags: null,
      buildRustflags: ['-Cforce-frame-pointers=yes', '-Ctarget-cpu=native'],
      compilerVariables: ['CC_aarch64_unknown_linux_musl'],
    });
    const fromEnvironment = detect('.', undefined, {
      RUSTFLAGS: ' -Cdebuginfo=1  -Clto ',
      CARGO_TARGET_DIR: 'there',
    })?.settings;
    expect(fromEnvironment).toMatchObject({
      environmentRustflags: ['-Cdebuginfo=1', '-Clto'],
      targetDirectory: join(root, 'there'),
    });
  });
});
