import {
  type CauseRow,
  type Ruling,
  confirmed,
  imageName,
  OPEN,
  programPath,
  ruledOut,
} from '../cause-row.ts';
import type { TargetProbe } from '../target-probe.ts';

/** GOARCH, as image configs have it, to the kernel's machine name. */
const MACHINE: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  '386': 'i386',
  arm: 'arm',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  mips64le: 'mips64el',
  loong64: 'loongarch64',
};
const RUNS_ALSO: Readonly<Record<string, readonly string[]>> = { x86_64: ['i386'], aarch64: ['arm'] };

function checkArchitecture(probe: TargetProbe, hasText: boolean): Ruling {
  if (probe.program.kind !== 'file' || probe.program.content.kind !== 'elf')
    return ruledOut('it is not an ELF program');
  const { machine } = probe.program.content.facts;
  const said = probe.architecture === null ? null : (MACHINE[probe.architecture] ?? probe.architecture);
  if (said !== null && said !== machine && !(RUNS_ALSO[said] ?? []).includes(machine)) {
    return confirmed(
      `${probe.program.path} is for ${machine}, and the image says that it is for ${probe.architecture}`,
    );
  }
  if (!hasText) return OPEN; // an image for another machine is no fault of the image
  const here = machineOfThisNode();
  if (here === machine || (RUNS_ALSO[here] ?? []).includes(machine))
    return ruledOut(`${probe.program.path} is for ${machine}, as this machine is`);
  return confirmed(`${probe.program.path} is for ${machine}, and this machine is ${here}`);
}

function machineOfThisNode(): string {
  const names: Readonly<Record<string, string>> = {
    x64: 'x86_64',
    arm64: 'aarch64',
    ia32: 'i386',
    ppc64: 'ppc64le',
  };
  return names[process.arch] ?? process.arch;
}

export const architectureCauses: readonly CauseRow[] = [
  {
    cause: 'wrong-architecture',
    title: 'the program is for another processor',
    check: (probe, values) => checkArchitecture(probe, Object.keys(values).length > 0),
    command: (context) => `morsel inspect .${programPath(context)}  # machine; compare with uname -m`,
    fixes: (context) => [
      'build on a machine of the architecture that runs it: morsel build',
      `docker run --platform linux/ARCH ${imageName(context)}, with emulation: docker run --privileged --rm tonistiigi/binfmt --install all`,
    ],
  },
  {
    cause: 'cpu-level',
    title: 'the program uses instructions that this processor does not have',
    check: ({ program }) => {
      if (program.kind !== 'file' || program.content.kind !== 'elf') return OPEN;
      const { isaLevel, go } = program.content.facts;
      if (isaLevel !== null && isaLevel !== 'x86-64-baseline')
        return confirmed(`${program.path} is marked ${isaLevel}`);
      const goamd64 = go?.settings['GOAMD64'];
      return goamd64 !== undefined && goamd64 !== 'v1'
        ? confirmed(`${program.path} was built with GOAMD64=${goamd64}`)
        : OPEN;
    },
    notFatal: true,
    command: () => 'ld.so --help | grep supported  # and: grep -m1 flags /proc/cpuinfo',
    fixes: () => ['build for the baseline: no -march=native, GOAMD64=v1, RUSTFLAGS without target-cpu'],
  },
];
