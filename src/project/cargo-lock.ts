import { join } from 'node:path';
import { LOCK_LIMIT_BYTES, readProjectFile } from './project-file.ts';
import { parseToml, stringOf, stringsOf, tablesOf, type TomlTable } from './toml-values.ts';

/** Crates by which a build script compiles or finds C code; Cargo.lock lists build dependencies with the others. */
const C_BUILD_CRATES: ReadonlySet<string> = new Set([
  'cc',
  'cmake',
  'pkg-config',
  'vcpkg',
  'autotools',
  'system-deps',
]);

/** Named like bindings to a C library, but without one: system calls, or other operating systems. */
const PURE_SYS_CRATES =
  /^(windows|linux-raw|js|web|winapi|core-foundation|fsevent|inotify|kqueue|redox|hermit|mach|io-kit|security-framework|core-media|ndk|jni|objc|wasi|system-configuration|schannel|dirs|crossterm-winapi)-?sys$|-windows-|^windows/;

export interface CargoLock {
  /** Crates that bring or want C code: named `*-sys`, or built with the help of `cc`, `cmake`, `pkg-config`. */
  readonly systemCrates: readonly string[];
  readonly crates: ReadonlySet<string>;
}

/**
 * What Cargo.lock says about C code; null when there is no lock file. It covers every feature and platform, so a crate
 * here is one that *may* be compiled. Errors: CONFIG_INVALID, UNREADABLE.
 */
export function readCargoLock(directory: string): CargoLock | null {
  const path = join(directory, 'Cargo.lock');
  const text = readProjectFile(path, LOCK_LIMIT_BYTES);
  if (text === null) return null;
  const packages = tablesOf(parseToml(text, path)['package']);
  const names = packages.flatMap((entry) => stringOf(entry['name']) ?? []);
  const system = packages.filter(isSystemCrate).flatMap((entry) => stringOf(entry['name']) ?? []);
  return { systemCrates: [...new Set(system)].toSorted(), crates: new Set(names) };
}

function isSystemCrate(entry: TomlTable): boolean {
  const name = stringOf(entry['name']) ?? '';
  if (PURE_SYS_CRATES.test(name) || C_BUILD_CRATES.has(name)) return false;
  // `name`, or `name version` where several versions are locked.
  const uses = stringsOf(entry['dependencies']).some((dependency) =>
    C_BUILD_CRATES.has(dependency.split(' ')[0] ?? ''),
  );
  // The project's own packages have no source; their names say nothing.
  return uses || (/[-_]sys$/.test(name) && entry['source'] !== undefined);
}
