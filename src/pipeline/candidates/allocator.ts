import { join } from 'node:path';
import type { Rung } from '../../core/choices.ts';
import { openByteSource } from '../../core/byte-source.ts';
import { MorselError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { findStrings, openElf, symbolTableFunctions } from '../../elf/index.ts';
import type { SourceProject } from '../../project/index.ts';
import { type CompiledProgram, type Tools, toolchainsFor } from '../../toolchain/index.ts';
import type { BuildRequest } from '../request/build-request.ts';

/** Another malloc for a rung. */
export interface RungAllocator {
  /** The static library; absent where the rung keeps its own. */
  readonly archive?: string;
  readonly findings: readonly Finding[];
}

/**
 * mimalloc for the programs of a rung: musl's malloc has one lock for all threads. Built from its verified sources for the
 * toolchain that compiles the program, and kept in the cache. Errors: those of `provideLibraries`.
 */
export async function allocatorFor(
  { cacheDirectory, platform, signal, onEvent, commandTimeoutMs }: BuildRequest,
  project: SourceProject,
  rung: Rung,
  tools: Tools,
): Promise<RungAllocator> {
  if (project.kind === 'rust') return { findings: [FOR_RUST] };
  if (project.kind === 'go') return { findings: [note('--allocator has no effect: Go has its own')] };
  if (rung !== 'static-musl') return { findings: [note(`--allocator is for musl: ${rung} has glibc's own`)] };
  const [toolchain] = toolchainsFor(project, rung, tools, platform.architecture);
  if (toolchain === undefined) return { findings: [] };
  const { provideLibraries } = await import('../../libraries/index.ts');
  const { path, libraries } = await provideLibraries(['mimalloc'], toolchain, {
    tools,
    cacheDirectory,
    signal,
    onEvent,
    timeoutMs: commandTimeoutMs,
  });
  const built = libraries.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join(', ');
  return {
    archive: join(path, 'usr/lib/libmimalloc.a'),
    findings: [note(`malloc is ${built}, in place of musl's`)],
  };
}

const note = (message: string, hint: string | null = null): Finding => ({ level: 'info', message, hint });

const FOR_RUST = note(
  'for Rust an allocator is a crate, which morsel does not write into a project',
  'in Cargo.toml: mimalloc = { version = "0.1", default-features = false }; in main.rs: #[global_allocator] static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;',
);

/** What the linker was told is not trusted: unused, all of it would have been left out. Error: COMPILE_FAILED. */
export function requireAllocator(programs: readonly CompiledProgram[]): void {
  const without = programs.find(({ unstrippedPath }) => !hasMimalloc(unstrippedPath));
  if (without === undefined) return;
  throw new MorselError('COMPILE_FAILED', `mimalloc is not in ${without.path}: nothing of it was linked`, {
    hint: 'leave out --allocator: the program does not call malloc, or brings one of its own',
  });
}

/** By its symbol; where the linker has left them out, by the words with which it begins each message. */
function hasMimalloc(path: string): boolean {
  const source = openByteSource(path);
  try {
    const functions = symbolTableFunctions(openElf(source));
    return functions?.has('mi_malloc') ?? findStrings(source, [MESSAGE]).size > 0;
  } finally {
    source.close();
  }
}

const MESSAGE = 'mimalloc: ';
