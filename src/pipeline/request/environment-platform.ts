import { MorselError } from '../../core/errors.ts';
import { machineOfTriple } from '../../core/machine-abis.ts';
import { machineOfArchitecture, type MachineName, MACHINES } from '../../core/machines.ts';
import type { Platform } from '../../oci/index.ts';
import type { Project } from '../../project/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A platform that a variable of the user's environment names, and that variable as it is set. */
export interface NamedPlatform {
  readonly platform: Platform;
  /** `GOARCH=arm64` */
  readonly by: string;
}

/**
 * For what the project's own tool would compile with these variables: of Go GOARCH and GOARM, of cargo CARGO_BUILD_TARGET, of
 * make and its kind the compiler that CC names. null: for this machine. Error: USAGE where that is nothing that an image can
 * be made of.
 */
export function platformOfEnvironment(project: Project, environment: Environment): NamedPlatform | null {
  switch (project.kind) {
    case 'go':
      return ofGo(environment);
    case 'rust':
      return ofCargo(environment);
    case 'c':
      return ofCompiler(environment);
    case 'binary':
      return null;
  }
}

/** `go help environment`; an empty variable is one that is not set. */
function ofGo({
  GOOS: os = '',
  GOARCH: architecture = '',
  GOARM: arm = '',
}: Environment): NamedPlatform | null {
  if (os !== '' && os !== 'linux')
    throw refused(`GOOS=${os}`, 'images are built for Linux', 'unset GOOS, or set it to linux');
  if (architecture === '') return null;
  if (machineOfArchitecture(architecture) === null)
    throw refused(
      `GOARCH=${architecture}`,
      'no such architecture is known',
      'unset GOARCH, or give --platform',
    );
  if (architecture !== 'arm')
    return { platform: { os: 'linux', architecture }, by: `GOARCH=${architecture}` };
  // `7,hardfloat`: what comes behind the number is between Go and its GOARM.
  const [number = ''] = arm.split(',');
  if (arm !== '' && !/^[567]$/.test(number))
    throw refused(`GOARM=${arm}`, 'it is 5, 6 or 7', 'unset GOARM, or give --platform');
  const by = arm === '' ? 'GOARCH=arm' : `GOARCH=arm GOARM=${arm}`;
  return { platform: { os: 'linux', architecture, variant: `v${arm === '' ? '7' : number}` }, by };
}

/** doc.rust-lang.org/cargo/reference/config.html, "build.target". */
function ofCargo({ CARGO_BUILD_TARGET: target = '' }: Environment): NamedPlatform | null {
  if (target === '') return null;
  const by = `CARGO_BUILD_TARGET=${target}`;
  const platform = /-linux-/.test(target) ? ofTriple(target) : null;
  if (platform !== null) return { platform, by };
  throw refused(
    by,
    'that is no Linux that images are built for',
    'unset CARGO_BUILD_TARGET, or give --platform',
  );
}

/** Rust's arm without a model is ARMv6, and armv5te a model of its own (rustc book, "Platform Support"). */
function variantOfArm(triple: string): string {
  return /^arm(v[5-7])/.exec(triple)?.[1] ?? (triple.includes('-unknown-') ? 'v6' : 'v7');
}

/** `aarch64-linux-gnu-gcc -O2`, `zig cc -target aarch64-linux-musl`, `clang --target=aarch64-linux-gnu`. */
function ofCompiler({ CC: compiler = '' }: Environment): NamedPlatform | null {
  const words = compiler.split(/\s+/).filter((word) => word !== '');
  const at = words.findIndex((word) => word === '-target' || word === '--target');
  const asked =
    (at < 0 ? undefined : words[at + 1]) ??
    words.find((word) => word.startsWith('--target='))?.slice('--target='.length);
  // `ccache aarch64-linux-gnu-gcc`
  const names = words.slice(0, 2).map((word) => word.slice(word.lastIndexOf('/') + 1));
  const triple = asked ?? names.find((name) => /^[a-z\d_]+(?:-[a-z\d]+)?-linux-/.test(name)) ?? null;
  if (triple === null) return null;
  const platform = /-linux(?:-|$)/.test(triple) ? ofTriple(triple) : null;
  if (platform !== null) return { platform, by: `CC=${compiler}` };
  throw refused(`CC=${compiler}`, 'no such Linux is known', 'unset CC, or give --platform');
}

function ofTriple(triple: string): Platform | null {
  const machine = machineOfZigTriple(triple);
  const known = machine === null ? undefined : MACHINES[machine].oci;
  if (known === undefined) return null;
  const { architecture } = known;
  return architecture === 'arm'
    ? { os: 'linux', architecture, variant: variantOfArm(triple) }
    : { os: 'linux', architecture };
}

/** zig says x86 where GNU says i386, and Rust has extensions in the name of RISC-V. */
function machineOfZigTriple(triple: string): MachineName | null {
  if (triple.startsWith('x86-')) return 'i386';
  return machineOfTriple(triple.replace(/^riscv64[a-z]+-/, 'riscv64-'));
}

function refused(variable: string, why: string, hint: string): MorselError {
  return new MorselError('USAGE', `${variable} of the environment: ${why}`, { hint });
}
