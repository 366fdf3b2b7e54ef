import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MorselError } from '../core/errors.ts';
import { readProjectFile } from './project-file.ts';
import { parseToml, stringOf, tableAt } from './toml-values.ts';

/** The compiler that a project says it is built with. rustup's book, "Overrides". */
export interface WantedRust {
  /** `1.70`, `stable`, `nightly-2024-01-01`, or a name of the user's own; for a `path`, that. */
  readonly toolchain: string;
  readonly kind: 'channel' | 'path';
  /** Where it says so: a file, or RUSTUP_TOOLCHAIN. */
  readonly by: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_PARENTS = 64;

/**
 * RUSTUP_TOOLCHAIN, else the nearest `rust-toolchain` or `rust-toolchain.toml` of a folder or one above it; null where
 * there is none. Errors: CONFIG_INVALID, UNREADABLE.
 */
export function readWantedRust(directory: string, env: Environment): WantedRust | null {
  const fromEnvironment = env['RUSTUP_TOOLCHAIN'];
  if (fromEnvironment !== undefined && fromEnvironment !== '')
    return { ...wanted(fromEnvironment, 'RUSTUP_TOOLCHAIN'), by: 'RUSTUP_TOOLCHAIN' };
  let current = directory;
  for (let depth = 0; depth < MAX_PARENTS; depth++) {
    // Of both, rustup reads the one without an ending.
    for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
      const path = join(current, name);
      const text = readProjectFile(path);
      if (text !== null) return fromFile(path, text);
    }
    if (current === dirname(current)) return null;
    current = dirname(current);
  }
  return null;
}

function fromFile(path: string, text: string): WantedRust | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [only = ''] = lines;
  // The form of old: nothing but the name.
  if (lines.length === 1 && !path.endsWith('.toml') && /^[^[=]*$/.test(only))
    return wanted(only.trim(), path);
  const table = tableAt(parseToml(text, path), 'toolchain');
  const folder = stringOf(table['path']);
  if (folder !== null) return { toolchain: real(resolve(dirname(path), folder)), kind: 'path', by: path };
  const channel = stringOf(table['channel']);
  // `components` and `targets` alone leave the choice to rustup's default.
  return channel === null ? null : wanted(channel, path);
}

/** A name is printed in a command, and is the name of a folder. */
function wanted(name: string, by: string): WantedRust {
  if (name.startsWith('/')) return { toolchain: real(name), kind: 'path', by };
  if (/^[A-Za-z0-9][\w.+-]{0,127}$/.test(name)) return { toolchain: name, kind: 'channel', by };
  throw new MorselError(
    'CONFIG_INVALID',
    `${by}: ${JSON.stringify(name.slice(0, 80))} is no name of a Rust toolchain`,
    {
      hint: 'name a version or a channel, as in: channel = "1.85"',
    },
  );
}

/** Without links, as toolchains are known; the path itself where nothing is. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
