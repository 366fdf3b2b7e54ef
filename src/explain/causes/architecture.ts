import { executes, hostMachineName, machineOfArchitecture } from '../../core/machines.ts';
import { loaderCpuLevel } from '../../elf/index.ts';
import { confirmed, OPEN, ruledOut } from '../../needs/index.ts';
import type { Ruling } from '../../needs/lack.ts';
import { causeRows, imageName, programFile } from '../cause-row.ts';
import type { TargetProbe } from '../target-probe.ts';

function checkArchitecture(probe: TargetProbe, hasText: boolean): Ruling {
  if (probe.program.kind !== 'file' || probe.program.content.kind !== 'elf')
    return ruledOut('it is not an ELF program');
  const { machine } = probe.program.content.facts;
  const said =
    probe.architecture === null ? null : (machineOfArchitecture(probe.architecture) ?? probe.architecture);
  if (said !== null && !executes(said, machine)) {
    return confirmed(
      `${probe.program.path} is for ${machine}, and the image says that it is for ${probe.architecture}`,
    );
  }
  if (!hasText) return OPEN; // an image for another machine is no fault of the image
  const here = hostMachineName();
  if (executes(here, machine)) return ruledOut(`${probe.program.path} is for ${machine}, as this machine is`);
  return confirmed(`${probe.program.path} is for ${machine}, and this machine is ${here}`);
}

/** Of what prints the text: the loader, or the C library in a static program. */
function checkBaseLevel({ program, tree }: TargetProbe): Ruling {
  if (program.kind !== 'file' || program.content.kind !== 'elf') return OPEN;
  const { facts, closure } = program.content;
  const file = facts.link === 'dynamic' ? (closure?.interpreter?.file ?? null) : { ...program, facts };
  const source = file === null ? null : tree.open(file.realPath);
  if (file === null || source === null) return OPEN;
  try {
    const level = loaderCpuLevel(file.facts, source);
    return level === null
      ? ruledOut(`${file.path} has no check of the processor`)
      : confirmed(`${file.path} is built for ${level}, and ends the start on an older processor`);
  } finally {
    source.close();
  }
}

export const architectureCauses = causeRows([
  {
    cause: 'wrong-architecture',
    title: 'the program is for another processor',
    check: (probe, values) => checkArchitecture(probe, Object.keys(values).length > 0),
    command: (context) => `morsel inspect ${programFile(context)}  # machine; compare with uname -m`,
    fixes: (context) => [
      'build it for the machine that runs it, as by `morsel build PROJECT` on such a machine',
      `run it under emulation: docker run --privileged --rm tonistiigi/binfmt --install all, then docker run --platform linux/ARCH ${imageName(context)}`,
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
  {
    cause: 'base-cpu-level',
    title:
      'the C library of the base is built for newer processors than this one; the program itself may not be',
    check: checkBaseLevel,
    notFatal: true,
    command: () => 'readelf -n LIBC.SO.6 | grep ISA  # and: grep -m1 flags /proc/cpuinfo',
    fixes: () => [
      'take a base that is built for older processors: Debian, Ubuntu, Alpine; UBI 9 and RHEL 9 want x86-64-v2, UBI 10 and RHEL 10 x86-64-v3',
      'give the virtual machine the processor of its host: CPU type `host` (Proxmox, libvirt: host-passthrough)',
      'link statically on an older system',
    ],
  },
  {
    cause: 'kernel-too-old',
    title: 'the C library wants a newer kernel than the host has',
    check: () => OPEN,
    notFatal: true,
    command: () => 'uname -r  # and: readelf -n LIBC.SO.6 | grep ABI',
    fixes: () => [
      'run it on a host with a newer kernel: a container has no kernel of its own',
      'take an older base, or link with musl, which asks for none',
    ],
  },
  {
    cause: 'unmappable-segment',
    title: 'a segment of the program cannot be mapped with the page size of this kernel',
    check: ({ program }) => {
      if (program.kind !== 'file') return ruledOut('there is no such file at all');
      if (program.content.kind === 'damaged') return confirmed(`${program.path}: ${program.content.message}`);
      return program.content.kind === 'elf' ? OPEN : ruledOut('it is not an ELF program');
    },
    notFatal: true,
    command: (context) =>
      `readelf -lW ${programFile(context)}  # LOAD: Offset, VirtAddr, Align; and: getconf PAGESIZE`,
    fixes: () => [
      'link it for pages of 64 KiB, as arm64 kernels may have: -Wl,-z,max-page-size=65536',
      'link it anew where a tool has changed it afterwards (patchelf, strip, objcopy, a packer)',
    ],
  },
]);
