import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/core/byte-source.ts';
import { abisOf, gnuTriple, muslLoader, muslTriple, rustTriple } from '../../src/core/machine-abis.ts';
import {
  hostMachine,
  kernelName,
  MACHINE_NAMES,
  machineNamed,
  type MachineName,
  MACHINES,
} from '../../src/core/machines.ts';
import { readElfLinkage } from '../../src/elf/index.ts';
import { hasPythonModule, hasTool } from '../reference-tools.ts';
import { MACHINES as READELF_NAMES } from './elf-as-readelf.ts';
import { TEST_ALL } from './elf-sample.ts';

/** The table of machines, against the tools whose names it holds. */

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'machines-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An ELF header of that machine and nothing else. */
function headerOf(name: MachineName): string {
  const [machine, bits, order] = MACHINES[name].elf;
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.set([bits === 64 ? 2 : 1, order === 'little' ? 1 : 2, 1], 4);
  const at = [2, machine, 1] as const;
  if (order === 'little') at.forEach((value, index) => header.writeUInt16LE(value, 16 + 2 * index));
  else at.forEach((value, index) => header.writeUInt16BE(value, 16 + 2 * index));
  const path = join(folder, name);
  writeFileSync(path, header);
  return path;
}

describe('this machine', () => {
  it('is the row of the node that runs here, by the bytes of its own program', () => {
    const source = openByteSource(process.execPath);
    expect(machineNamed(readElfLinkage(source).machine)).toBe(hostMachine());
    source.close();
  });

  // The names of 386 and ARM carry the model.
  it.skipIf(['i386', 'arm'].includes(hostMachine() ?? ''))('has the name that uname gives it', () => {
    expect(run('uname', ['-m']).trim()).toBe(hostMachine());
  });
});

describe.skipIf(!hasTool('readelf'))('readelf', () => {
  it.each(MACHINE_NAMES)('knows e_machine of %s by that name', (name) => {
    const { stdout } = spawnSync('readelf', ['-hW', headerOf(name)], { encoding: 'utf8' });
    const words = /^ +Machine: +(.*)$/m.exec(stdout)?.[1] ?? '';
    expect(READELF_NAMES[words] ?? words).toEqual(expect.any(RegExp));
    const [machine, bits, order] = MACHINES[name].elf;
    expect(kernelName({ machine, class: bits, littleEndian: order === 'little' })).toMatch(
      READELF_NAMES[words] as RegExp,
    );
  });
});

/** Debian gives Microblaze's number of before it had one (EM_MICROBLAZE_OLD); the gABI's is 189. */
const OLD_NUMBERS: readonly MachineName[] = ['microblaze'];

describe('qemu-user', () => {
  const named = MACHINE_NAMES.flatMap((name) => {
    const { qemu } = MACHINES[name];
    return qemu === undefined ? [] : [[name, qemu] as const];
  });

  it.skipIf(!hasTool('qemu-aarch64-static')).each(named)('runs %s by the name %s', (_name, qemu) => {
    expect(hasTool(`qemu-${qemu}-static`)).toBe(true);
  });

  // binfmt.d has nothing for the machine that the package is installed on.
  const registered = named.filter(
    ([name, qemu]) => existsSync(`/usr/lib/binfmt.d/qemu-${qemu}.conf`) && !OLD_NUMBERS.includes(name),
  );
  it.each(registered)('takes files of %s by the same class, order and e_machine', (name, qemu) => {
    const text = readFileSync(`/usr/lib/binfmt.d/qemu-${qemu}.conf`, 'latin1');
    const magic = text.split(':')[4] ?? '';
    const bytes = Buffer.from(
      magic.replace(/\\x(..)/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
    const [machine, bits, order] = MACHINES[name].elf;
    expect([bytes[4], bytes[5]]).toEqual([bits === 64 ? 2 : 1, order === 'little' ? 1 : 2]);
    expect(order === 'little' ? bytes.readUInt16LE(18) : bytes.readUInt16BE(18)).toBe(machine);
  });

  it('has been compared for many', () => {
    if (hasTool('qemu-aarch64-static')) expect(registered.length).toBeGreaterThan(15);
  });
});

describe.skipIf(!hasTool('go'))('go', () => {
  it('makes Linux programs for the architectures of OCI that are here, and no others', () => {
    const theirs = run('go', ['tool', 'dist', 'list']).match(/(?<=^linux\/).*$/gm) ?? [];
    const ours = MACHINE_NAMES.flatMap((name) => MACHINES[name].oci?.architecture ?? []);
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });
});

const ABIS = MACHINE_NAMES.flatMap((name) => abisOf(name).map((abi) => ({ name, abi })));

describe.skipIf(!hasTool('rustc'))('rustc', () => {
  const targets = ABIS.flatMap(({ name, abi }) =>
    (['gnu', 'musl'] as const).flatMap((libc) => {
      const triple = rustTriple(abi, libc);
      return triple === null ? [] : [[triple, name, libc] as const];
    }),
  );

  it.each(targets)('has %s, of the same width and order', (triple, name, libc) => {
    const said = run('rustc', ['--print', 'cfg', '--target', triple]);
    const value = (key: string): string | undefined => new RegExp(`^${key}="(.*)"$`, 'm').exec(said)?.[1];
    const [, bits, order] = MACHINES[name].elf;
    expect([value('target_os'), value('target_env')]).toEqual(['linux', libc]);
    expect([value('target_pointer_width'), value('target_endian')]).toEqual([String(bits), order]);
  });
});

/** Debian's names, which are in no other table. */
const DEBIAN_PORTS =
  'amd64 x32 i386 arm64 armhf armel riscv64 ppc64el ppc64 s390x loong64 mips mipsel mips64 mips64el'.split(
    ' ',
  );

describe.skipIf(!hasTool('dpkg-architecture'))('dpkg-architecture', () => {
  it('has a port for each GNU triple, of the same width and order', () => {
    const theirs = DEBIAN_PORTS.map((port) => {
      const said = run('dpkg-architecture', ['-f', `-a${port}`]);
      const value = (key: string): string => new RegExp(`^DEB_HOST_${key}=(.*)$`, 'm').exec(said)?.[1] ?? '';
      return `${value('MULTIARCH')} ${value('ARCH_BITS')} ${value('ARCH_ENDIAN')}`;
    });
    const ours = ABIS.flatMap(({ name, abi }) => {
      const triple = gnuTriple(abi);
      return triple === null ? [] : [`${triple} ${MACHINES[name].elf[1]} ${MACHINES[name].elf[2]}`];
    });
    expect(ours.toSorted()).toEqual(theirs.toSorted());
  });
});

/** zig's words: x86 is i386, and the ABI of 32-bit MIPS says how floats are passed, as ARM's does. */
function zigTarget(triple: string): string {
  return triple.replace(/^i386-/, 'x86-').replace(/^(mips(?:el)?-linux-(?:gnu|musl))$/, '$1eabihf');
}

const ZIG_PROGRAM = (targets: readonly string[]): string => `
const std = @import("std");
pub fn main() !void {
    inline for (.{ ${targets.map((target) => `"${target}"`).join(', ')} }) |name| {
        const query = try std.Target.Query.parse(.{ .arch_os_abi = name });
        const arch = query.cpu_arch.?;
        const os = std.Target.Os{ .tag = .linux, .version_range = std.Target.Os.VersionRange.default(arch, .linux, query.abi.?) };
        const cpu = std.Target.Cpu.baseline(arch, os);
        std.debug.print("{s}\\n", .{std.Target.DynamicLinker.standard(cpu, .linux, query.abi.?).get() orelse "none"});
    }
}
`;

// Minutes on a busy machine: zig compiles a program first.
describe.skipIf(!TEST_ALL || !hasPythonModule('ziglang'))('zig', () => {
  it('gives programs of each ABI the same loaders', { timeout: 600_000 }, () => {
    const expected = ABIS.flatMap(({ abi }) => {
      const triple = gnuTriple(abi);
      // An ABI without a tuple is one of flags, which zig's targets do not name.
      if (triple === null) return [];
      return [
        [zigTarget(triple), abi.glibcLoader],
        [zigTarget(muslTriple(abi)), muslLoader(abi)],
      ] as const;
    });
    const source = join(folder, 'loaders.zig');
    writeFileSync(source, ZIG_PROGRAM(expected.map(([target]) => target)));
    const env = {
      ...process.env,
      ZIG_GLOBAL_CACHE_DIR: join(folder, 'global'),
      ZIG_LOCAL_CACHE_DIR: join(folder, 'local'),
    };
    const done = spawnSync('python3', ['-m', 'ziglang', 'run', source], { encoding: 'utf8', env });
    expect(done.status, done.stderr).toBe(0);
    const theirs = done.stderr.trim().split('\n');
    expect(expected.map(([target], index) => [target, theirs[index]])).toEqual(expected);
  });
});
