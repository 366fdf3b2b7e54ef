import { toolArgv, type Tools } from '../find/tools.ts';
import { abiOfArchitecture, muslTriple } from '../../core/machine-abis.ts';

/** A C compiler with the words that make a program of one file without any library, as small as it can. */
export interface FreestandingCompiler {
  /** In the user's words: `gcc 12.2.0`. */
  readonly label: string;
  /** All but the file and `-o`. */
  readonly argv: readonly string[];
}

/** Those of this machine for an architecture: its own, then Debian's wrapper around it, then zig. Pure. */
export function freestandingCompilers(
  { c }: Pick<Tools, 'c'>,
  architecture: string,
): readonly FreestandingCompiler[] {
  const own = c.cCompilers.filter((compiler) => compiler.architecture === architecture);
  const ordered = [
    ...own.filter(({ kind }) => kind !== 'wrapper'),
    ...own.filter(({ kind }) => kind === 'wrapper'),
  ];
  const abi = abiOfArchitecture(architecture);
  return [
    ...ordered.map((compiler) => ({
      label: `${compiler.path.slice(compiler.path.lastIndexOf('/') + 1)} ${compiler.version ?? ''}`.trim(),
      argv: [...toolArgv(compiler), ...FREESTANDING, '-no-pie', '-Wl,-z,noseparate-code'],
    })),
    ...(c.zig === null || abi === null
      ? []
      : [
          {
            label: `zig cc ${c.zig.version ?? ''}`.trim(),
            argv: [...toolArgv(c.zig), 'cc', '-target', muslTriple(abi), ...ZIG, ...FREESTANDING],
          },
        ]),
  ];
}

/** zig turns a sanitizer on, whose calls nobody would answer. */
const ZIG = ['-fno-sanitize=undefined'];

const FREESTANDING = [
  '-Os', '-std=c11', '-ffreestanding', '-fno-builtin', '-fno-stack-protector', '-fno-pic', '-fno-pie',
  '-fno-asynchronous-unwind-tables', '-fno-unwind-tables', '-ffunction-sections', '-fdata-sections',
  '-static', '-nostdlib', '-s', '-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,-z,norelro',
]; // prettier-ignore
