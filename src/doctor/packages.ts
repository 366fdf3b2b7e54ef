import { hostArchitecture } from '../core/machines.ts';
import { rustTarget } from '../toolchain/index.ts';

/** Which package brings a tool, by package manager; what `doctor` turns into one install command. */
export type PackageManager = 'apt' | 'dnf' | 'apk' | 'pacman' | 'zypper';

const INSTALL_COMMAND: Readonly<Record<PackageManager, string>> = {
  apt: 'apt-get install -y --no-install-recommends',
  dnf: 'dnf install -y',
  apk: 'apk add',
  pacman: 'pacman -S --needed',
  zypper: 'zypper install -y',
};

/** `ID` and `ID_LIKE` of os-release(5). */
const MANAGER_OF_DISTRIBUTION: Readonly<Record<string, PackageManager>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  alpine: 'apk',
  arch: 'pacman',
  suse: 'zypper',
  opensuse: 'zypper',
};

/** null for a package manager whose name for it is not known, or where the distribution has none. */
const PACKAGES: Readonly<Record<string, Readonly<Partial<Record<PackageManager, string>>>>> = {
  gcc: {
    apt: 'gcc libc6-dev',
    dnf: 'gcc glibc-devel glibc-static',
    apk: 'gcc musl-dev',
    pacman: 'gcc',
    zypper: 'gcc glibc-devel-static',
  },
  'g++': { apt: 'g++', dnf: 'gcc-c++ libstdc++-static', apk: 'g++', pacman: 'gcc', zypper: 'gcc-c++' },
  'musl-gcc': { apt: 'musl-tools', dnf: 'musl-gcc musl-libc-static', pacman: 'musl' },
  zig: { dnf: 'zig', apk: 'zig', pacman: 'zig' },
  make: { apt: 'make', dnf: 'make', apk: 'make', pacman: 'make', zypper: 'make' },
  cmake: { apt: 'cmake', dnf: 'cmake', apk: 'cmake', pacman: 'cmake', zypper: 'cmake' },
  meson: {
    apt: 'meson ninja-build',
    dnf: 'meson ninja-build',
    apk: 'meson',
    pacman: 'meson',
    zypper: 'meson',
  },
  autoreconf: {
    apt: 'autoconf automake libtool',
    dnf: 'autoconf automake libtool',
    apk: 'autoconf automake libtool',
    pacman: 'autoconf automake libtool',
    zypper: 'autoconf automake libtool',
  },
  go: { apt: 'golang-go', dnf: 'golang', apk: 'go', pacman: 'go', zypper: 'go' },
  cargo: { apt: 'cargo', dnf: 'cargo', apk: 'cargo', pacman: 'rust', zypper: 'cargo' },
  'qemu-user-static': { apt: 'qemu-user-static', dnf: 'qemu-user-static', pacman: 'qemu-user-static' },
  strip: { apt: 'binutils', dnf: 'binutils', apk: 'binutils', pacman: 'binutils', zypper: 'binutils' },
  runc: { apt: 'runc', dnf: 'runc', apk: 'runc', pacman: 'runc', zypper: 'runc' },
  crun: { apt: 'crun', dnf: 'crun', apk: 'crun', pacman: 'crun', zypper: 'crun' },
  bwrap: {
    apt: 'bubblewrap',
    dnf: 'bubblewrap',
    apk: 'bubblewrap',
    pacman: 'bubblewrap',
    zypper: 'bubblewrap',
  },
  unshare: {
    apt: 'util-linux',
    dnf: 'util-linux',
    apk: 'util-linux',
    pacman: 'util-linux',
    zypper: 'util-linux',
  },
  strace: { apt: 'strace', dnf: 'strace', apk: 'strace', pacman: 'strace', zypper: 'strace' },
};

/** Where no distribution package is: the way its makers publish it. */
const OTHER_INSTALL: Readonly<Record<string, string>> = {
  zig: 'pip install ziglang',
  'rust musl target': `rustup target add ${rustTarget(hostArchitecture(), 'musl') ?? 'TARGET'}`,
};

/** From the text of /etc/os-release; null when it is a system that is not known. */
export function packageManagerOf(osRelease: string): PackageManager | null {
  const value = (key: string): string => new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const ids = [value('ID'), ...value('ID_LIKE').split(' ')];
  const known = ids.map((id) => MANAGER_OF_DISTRIBUTION[id.split('-')[0] ?? '']);
  return known.find((manager) => manager !== undefined) ?? null;
}

/** The command that installs a tool on this kind of system; null when only its makers can say. */
export function installCommand(tool: string, manager: PackageManager | null): string | null {
  const names = manager === null ? undefined : PACKAGES[tool]?.[manager];
  if (manager !== null && names !== undefined) return `${INSTALL_COMMAND[manager]} ${names}`;
  return OTHER_INSTALL[tool] ?? null;
}
