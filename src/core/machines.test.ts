import { describe, expect, it } from 'vitest';
import {
  abiOfArchitecture,
  abisOf,
  gnuTriple,
  machineOfTriple,
  muslLoader,
  muslTriple,
  rustTriple,
} from './machine-abis.ts';
import {
  type ElfIdentity,
  executes,
  hostMachine,
  kernelName,
  MACHINE_NAMES,
  machineNamed,
  machineOfArchitecture,
  machineOfElf,
  machineOfExecutable,
  type MachineName,
  MACHINES,
} from './machines.ts';

function identityOf(name: MachineName): ElfIdentity {
  const [machine, bits, order] = MACHINES[name].elf;
  return { machine, class: bits, littleEndian: order === 'little' };
}

describe.each(MACHINE_NAMES)('the row of %s', (name) => {
  const { oci, node, kernel } = MACHINES[name];
  const abis = abisOf(name);

  it('is found by each of its names', () => {
    expect(machineOfElf(identityOf(name))).toBe(name);
    expect(machineNamed(name)).toBe(name);
    if (oci !== undefined) expect(machineOfArchitecture(oci.architecture)).toBe(name);
    if (node !== undefined) expect(hostMachine(node)).toBe(name);
    for (const triple of abis.flatMap((abi) => [gnuTriple(abi), muslTriple(abi)])) {
      if (triple !== null) expect(machineOfTriple(triple)).toBe(name);
      if (triple !== null) expect(machineOfTriple(`${triple}-gcc`)).toBe(name);
    }
  });

  it('shares its names with no other', () => {
    const others = MACHINE_NAMES.filter((other) => other !== name);
    const taken = (of: (other: MachineName) => unknown): readonly unknown[] => others.map(of);
    expect(taken((other) => MACHINES[other].elf.join(' '))).not.toContain(MACHINES[name].elf.join(' '));
    if (oci !== undefined)
      expect(taken((other) => MACHINES[other].oci?.architecture)).not.toContain(oci.architecture);
    if (node !== undefined) expect(taken((other) => MACHINES[other].node)).not.toContain(node);
    const theirs = others.flatMap((other) =>
      abisOf(other).flatMap((abi) => [gnuTriple(abi), muslTriple(abi), muslLoader(abi)]),
    );
    for (const own of abis.flatMap((abi) => [gnuTriple(abi), muslTriple(abi), muslLoader(abi)])) {
      if (own !== null) expect(theirs).not.toContain(own);
    }
  });

  it('says the kernel’s name of itself, or of a row that has it', () => {
    expect(kernelName(identityOf(name))).toBe(kernel ?? name);
    expect(machineNamed(kernel ?? name)).not.toBeNull();
  });

  it('has ABIs where images can be for it', () => {
    if (oci === undefined) return;
    expect(abiOfArchitecture(oci.architecture)).toBe(abis[0]);
    expect(new Set(abis.map(({ glibcLoader }) => glibcLoader)).size).toBe(abis.length);
  });
});

describe('a name of nobody', () => {
  it.each(['', 'x86-64', 'vax', '__proto__', 'constructor', 'toString'])('%j has no row', (name) => {
    expect([
      machineNamed(name),
      machineOfArchitecture(name),
      hostMachine(name),
      machineOfTriple(name),
    ]).toEqual([null, null, null, null]);
    expect(abiOfArchitecture(name)).toBeNull();
  });

  it('does not compile as a key', () => {
    // @ts-expect-error: no row of this name.
    const wrong: Partial<Record<MachineName, number>> = { x86_46: 1 };
    expect(machineNamed(Object.keys(wrong)[0] ?? '')).toBeNull();
  });
});

describe('machineOfExecutable', () => {
  it.each(MACHINE_NAMES)('is %s in its own class and order only', (name) => {
    const header = identityOf(name);
    expect(machineOfExecutable(header)).toBe(name);
    const others = [
      { ...header, class: header.class === 64 ? 32 : 64 } as const,
      { ...header, littleEndian: !header.littleEndian },
    ];
    for (const other of others) expect(machineOfExecutable(other)).not.toBe(name);
  });

  it('is nobody where no row has the class and the order', () => {
    expect(machineOfExecutable({ machine: 22, class: 64, littleEndian: true })).toBeNull();
    expect(machineOfExecutable({ machine: 62, class: 64, littleEndian: false })).toBeNull();
  });
});

describe('machineOfElf', () => {
  it.each<readonly [number, 32 | 64, boolean, string]>([
    [62, 32, true, 'x86_64'],
    [62, 64, false, 'x86_64'],
    [8, 32, true, 'mipsel'],
    [8, 64, false, 'mips64'],
    // A class or an order that the machine does not have: what tells its rows apart decides.
    [243, 64, false, 'riscv64'],
    [22, 32, true, 's390'],
    [40, 64, false, 'armeb'],
    [21, 32, true, 'ppc64le'],
    [183, 32, true, 'aarch64'],
    [0x1234, 64, true, 'machine-4660'],
  ])('calls %i of %i bits, little-endian %s, %s', (machine, bits, littleEndian, expected) => {
    expect(kernelName({ machine, class: bits, littleEndian })).toBe(expected);
  });
});

describe('triples', () => {
  it.each([
    ['x86_64-pc-linux-gnu', 'x86_64'],
    ['x86_64-linux-gnux32-strip', 'x32'],
    ['i686-pc-linux-musl', 'i386'],
    ['armv7l-unknown-linux-gnueabihf', 'arm'],
    ['powerpc64le-linux-gnu-g++', 'ppc64le'],
    ['aarch64_be-linux-gnu', null],
  ] as const)('%s is of %s', (triple, machine) => {
    expect(machineOfTriple(triple)).toBe(machine);
  });

  it('put their parts together where a processor has another name', () => {
    const [hard, soft] = abisOf('arm');
    expect([hard, soft].map((abi) => abi && rustTriple(abi, 'gnu'))).toEqual([
      'armv7-unknown-linux-gnueabihf',
      'arm-unknown-linux-gnueabi',
    ]);
    expect([hard, soft].map((abi) => abi && muslLoader(abi))).toEqual([
      '/lib/ld-musl-armhf.so.1',
      '/lib/ld-musl-arm.so.1',
    ]);
  });
});

describe('executes', () => {
  it.each([
    ['x86_64', 'i386', true],
    ['i386', 'x86_64', false],
    ['aarch64', 'arm', true],
    ['aarch64', 'armeb', false],
    ['x86_64', 'x32', false],
    ['machine-9', 'machine-9', true],
  ] as const)('%s, a program of %s: %s', (kernel, program, expected) => {
    expect(executes(kernel, program)).toBe(expected);
  });
});
