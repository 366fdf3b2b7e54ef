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
      'src/main.rs': '',
      'src/bin/second.rs': '',
      'src/bin/third/main.rs': '',
      'src/bin/data/notes.txt': '',
    });
    const error = failure(() => detect());
    expect(error.code).toBe('AMBIGUOUS_PROJECT');
    expect(error.details?.['candidates']).toEqual(['My_App', 'second', 'third']);
    expect(error.hint).toContain('--bin second');
    expect(detect('.', 'third')).toMatchObject({ binary: 'third', name: 'third' });
    expect(failure(() => detect('.', 'fourth')).code).toBe('NO_PROJECT');
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
