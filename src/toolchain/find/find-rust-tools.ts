import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findTool, isExecutableFile } from '../../core/find-tool.ts';
import { namesIn } from './search-path.ts';
import { isDirectory } from '../../core/stat-path.ts';
import { askTool, type AskOptions } from './ask-tool.ts';
import type { RustToolchain, Tool } from './tools.ts';

/** Toolchains below rustup's home that are looked at. */
const MAX_TOOLCHAINS = 32;

/**
 * Every Rust toolchain: rustup's by their folders (its proxies could download one when asked), and a system one such as
 * Debian's in /usr. The one that `rustc` means in `options.cwd` (rust-toolchain.toml counts) comes first.
 */
export async function findRustToolchains(
  directories: readonly string[],
  options: AskOptions,
): Promise<readonly RustToolchain[]> {
  const rustc = findTool('rustc', directories);
  const sysroots = new Set([...rustupSysroots(options.env), ...systemSysroots(directories)]);
  const chosen = rustc === null ? null : await sysrootOf(rustc, options);
  if (chosen !== null) sysroots.add(chosen);
  const found = await Promise.all(
    [...sysroots].map((sysroot) => describeToolchain(sysroot, chosen, options)),
  );
  const toolchains = found.filter((toolchain) => toolchain !== null);
  return toolchains.toSorted((a, b) => Number(b.isDefault) - Number(a.isDefault));
}

async function sysrootOf(rustc: string, options: AskOptions): Promise<string | null> {
  // RUSTUP_AUTO_INSTALL=0: looking must not download a toolchain that rust-toolchain.toml asks for.
  const env = { ...options.env, RUSTUP_AUTO_INSTALL: '0' };
  const tool: Tool = { path: rustc, argvPrefix: [], version: null };
  const text = await askTool(tool, ['--print', 'sysroot'], { ...options, env });
  const sysroot = text?.split('\n')[0]?.trim() ?? '';
  return isDirectory(sysroot) ? realpathSync(sysroot) : null;
}

function rustupSysroots(env: AskOptions['env']): readonly string[] {
  const home = env['RUSTUP_HOME'] ?? (env['HOME'] === undefined ? null : join(env['HOME'], '.rustup'));
  if (home === null) return [];
  const toolchains = join(home, 'toolchains');
  const names = namesIn(toolchains).toSorted().slice(0, MAX_TOOLCHAINS);
  return names
    .map((name) => join(toolchains, name))
    .filter((path) => isExecutableFile(join(path, 'bin/rustc')))
    .map((path) => realpathSync(path));
}

/** Folders above every real rustc of PATH; rustup's proxies are links to `rustup` and are passed over. */
function systemSysroots(directories: readonly string[]): readonly string[] {
  return directories
    .map((directory) => join(directory, 'rustc'))
    .filter((path) => isExecutableFile(path) && basename(realpathSync(path)) !== 'rustup')
    .map((path) => dirname(realpathSync(dirname(path))))
    .filter((sysroot) => isDirectory(join(sysroot, 'lib/rustlib')));
}

async function describeToolchain(
  sysroot: string,
  chosen: string | null,
  options: AskOptions,
): Promise<RustToolchain | null> {
  const tool = (name: string): Tool => ({ path: join(sysroot, 'bin', name), argvPrefix: [], version: null });
  if (!isExecutableFile(tool('cargo').path)) return null;
  const text = await askTool(tool('rustc'), ['-vV'], options);
  const release = /^release: (\S+)$/m.exec(text ?? '')?.[1];
  if (release === undefined) return null;
  const library = join(sysroot, 'lib/rustlib/src/rust/library');
  const vendor = join(library, 'vendor');
  return {
    name: sysroot.includes('/toolchains/') ? basename(sysroot) : 'system',
    cargo: { ...tool('cargo'), version: release },
    rustc: { ...tool('rustc'), version: release },
    channel: channelOf(release),
    sysroot,
    isDefault: sysroot === chosen,
    targets: installedTargets(sysroot),
    librarySource: isDirectory(join(library, 'std')) ? realpathSync(library) : null,
    libraryVendor: isDirectory(vendor) ? realpathSync(vendor) : null,
  };
}

function channelOf(release: string): RustToolchain['channel'] {
  const suffix = /-(nightly|beta|dev)/.exec(release)?.[1];
  return suffix === undefined ? 'stable' : (suffix as RustToolchain['channel']);
}

function installedTargets(sysroot: string): readonly string[] {
  const rustlib = join(sysroot, 'lib/rustlib');
  const hasStd = (triple: string): boolean =>
    namesIn(join(rustlib, triple, 'lib')).some((name) => name.startsWith('libstd-'));
  return namesIn(rustlib)
    .filter((name) => name.includes('-') && hasStd(name))
    .toSorted();
}

/** The newest `libunwind.a` of LLVM (Debian: libunwind-19-dev); the one of the same name by nongnu.org is another. */
export function findUnwinder(): string | null {
  const versions = namesIn('/usr/lib')
    .flatMap((name) => /^llvm-(\d+)$/.exec(name)?.[1] ?? [])
    .toSorted((a, b) => Number(b) - Number(a));
  const paths = versions.map((version) => `/usr/lib/llvm-${version}/lib/libunwind.a`);
  return paths.find((path) => existsSync(path)) ?? null;
}
