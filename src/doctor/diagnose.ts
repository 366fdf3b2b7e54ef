import { readFileSync } from 'node:fs';
import { listCache } from '../cache/index.ts';
import type { EventSink } from '../core/events.ts';
import { findTracer, type SandboxTrial, trySandboxes } from '../sandbox/index.ts';
import { emulatorFor } from '../core/emulator.ts';
import { hostArchitecture, MACHINE_NAMES } from '../core/machines.ts';
import { findTools, type Tool, type Tools, toolWithVersion } from '../toolchain/index.ts';
import { diagnoseEngines, type EngineDiagnosis } from './engines.ts';
import { type RustMuslRoute, rustMuslRoute } from './rust-musl-route.ts';
import { installCommand, type PackageManager, packageManagerOf } from './packages.ts';

/** What this machine can do for morsel, and the command for what it cannot. `doctor --format json` prints this. */
export interface DoctorReport {
  /** Compilers and build tools. */
  readonly tools: readonly ToolDiagnosis[];
  /** Each was really tried. */
  readonly sandboxes: readonly SandboxDiagnosis[];
  /** What shows which files a program asks for; without it nothing is ready any less. */
  readonly tracer: ToolDiagnosis;
  /** What takes an image from `build --load`; without any nothing is ready any less. */
  readonly engines: readonly EngineDiagnosis[];
  /** Rust on musl without its target. */
  readonly rustMuslRoute: RustMuslRoute;
  /** What morsel keeps between builds; `morsel cache` has the whole of it. */
  readonly cache: {
    /** Absolute; it need not be there. */
    readonly directory: string;
    /** On the disk, bytes. */
    readonly sizeBytes: number;
    /** Folders that can be removed. */
    readonly entries: number;
  };
  /** Something can be built, and something can be proven. */
  readonly ready: boolean;
}

export interface ToolDiagnosis {
  /** Its name. */
  readonly tool: string;
  /** What morsel does with it. */
  readonly purpose: string;
  /** Where it is, with leading arguments where it needs some; null when it is not here. */
  readonly path: string | null;
  /** null when it is not here, or does not say. */
  readonly version: string | null;
  /** The command that installs it here; null when it is there, or when no command is known. */
  readonly install: string | null;
}

export interface SandboxDiagnosis {
  /** Its name. */
  readonly sandbox: string;
  /** It ran a program here. */
  readonly usable: boolean;
  /** What lies between a program and this machine in it, in words. */
  readonly isolation: readonly string[];
  /** The part of it that is not the same in every sandbox. */
  readonly particulars: readonly string[];
  /** Why it is not usable, and what helps; null when it is. */
  readonly reason: string | null;
  /** The command that installs it here; null when it is there, or when no command is known. */
  readonly install: string | null;
}

export interface DiagnoseOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: EventSink | undefined;
}

/** Looks for toolchains, and really tries each sandbox. */
export async function diagnose(options: DiagnoseOptions = {}): Promise<DoctorReport> {
  const manager = systemPackageManager();
  const [tools, trials, tracer, engines, cache] = await Promise.all([
    findTools(options),
    trySandboxes(options),
    toolWithVersion(findTracer(), ['-V'], { env: process.env, signal: options.signal }),
    diagnoseEngines(options.signal),
    listCache({ signal: options.signal }),
  ]);
  const found = diagnoseTools(tools, manager);
  const sandboxes = trials.map((trial) => diagnoseSandbox(trial, manager));
  return {
    tools: found,
    sandboxes,
    tracer: diagnoseTool(['strace', 'which files a program asks for, to pack them', tracer], manager),
    engines,
    rustMuslRoute: rustMuslRoute(tools),
    cache: { directory: cache.directory, sizeBytes: cache.sizeBytes, entries: cache.entries.length },
    ready:
      found.some(({ tool, path }) => COMPILERS.has(tool) && path !== null) &&
      sandboxes.some((one) => one.usable),
  };
}

/** The rows of `diagnoseTools` that can compile something alone; `make` and `strip` cannot. */
const COMPILERS: ReadonlySet<string> = new Set(['gcc', 'g++', 'musl-gcc', 'zig', 'go', 'cargo']);

function diagnoseTools(tools: Tools, manager: PackageManager | null): readonly ToolDiagnosis[] {
  const { cCompilers, cxxCompilers, zig } = tools.c;
  const native = (compilers: typeof cCompilers): Tool | null =>
    compilers.find((one) => one.kind === 'native') ?? null;
  const musl = cCompilers.find((one) => one.libc === 'musl') ?? null;
  const rust = tools.rust.toolchains[0] ?? null;
  const rows: readonly ToolRow[] = [
    ['gcc', 'C on glibc: static-glibc and closure', native(cCompilers)],
    ['g++', 'C++ on glibc: static-glibc and closure', native(cxxCompilers)],
    ['musl-gcc', 'C on musl: the smallest rung', musl],
    ['zig', 'C and C++ on musl, for every architecture', zig],
    ['make', 'Make and autotools projects', tools.build.make],
    ['cmake', 'CMake projects', tools.build.cmake],
    ['meson', 'Meson projects', tools.build.meson],
    ['autoreconf', 'autotools projects without a configure script', tools.build.autoreconf],
    ['go', 'Go projects', tools.go.go],
    ['cargo', 'Rust projects', rust?.cargo ?? null],
    [
      'rust musl target',
      'Rust on musl without building its standard library',
      hasMuslTarget(tools) ? (rust?.rustc ?? null) : null,
    ],
    [
      'strip',
      'smaller programs where the linker did not strip',
      tools.build.strip[hostArchitecture()] ?? null,
    ],
    ['qemu-user-static', 'runs programs of other machines (--platform), to prove them', emulator()],
  ];
  return rows.map((row) => diagnoseTool(row, manager));
}

/** One for all: their package has an emulator for each machine. */
function emulator(): Tool | null {
  const [path] = MACHINE_NAMES.flatMap((machine) => emulatorFor(machine)?.path ?? []);
  return path === undefined ? null : { path, argvPrefix: [], version: null };
}

type ToolRow = readonly [name: string, purpose: string, found: Tool | null];

function diagnoseTool([tool, purpose, found]: ToolRow, manager: PackageManager | null): ToolDiagnosis {
  return {
    tool,
    purpose,
    path: found === null ? null : [found.path, ...found.argvPrefix].join(' '),
    version: found?.version ?? null,
    install: found === null ? installCommand(tool, manager) : null,
  };
}

function hasMuslTarget(tools: Tools): boolean {
  return tools.rust.toolchains.some(({ targets }) =>
    targets.some((target) => target.endsWith('-linux-musl')),
  );
}

function diagnoseSandbox(
  { name, sandbox, failure }: SandboxTrial,
  manager: PackageManager | null,
): SandboxDiagnosis {
  return {
    sandbox: name,
    usable: sandbox !== null,
    isolation: sandbox?.isolation ?? [],
    particulars: sandbox?.particulars ?? [],
    reason: failure === null ? null : `${failure.message}; ${failure.hint}`,
    install: failure?.code === 'SANDBOX_MISSING' ? installCommand(name, manager) : null,
  };
}

function systemPackageManager(): PackageManager | null {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return packageManagerOf(readFileSync(path, 'utf8'));
    } catch {
      // os-release(5): the second is the fallback of the first
    }
  }
  return null;
}
