import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What of the machine a run may not change, by name: settings of the kernel, files that every program reads, devices, and
 * whole folders that a test gives.
 */
export type Census = ReadonlyMap<string, string>;

/** Those that nothing but an administrator changes. Each one is code, rights or reach on the host when it is written. */
const SYSCTLS = [
  'kernel: acct cap_last_cap core_pattern core_pipe_limit core_uses_pid ctrl-alt-del dmesg_restrict domainname hostname',
  'kernel: hung_task_panic kptr_restrict modprobe modules_disabled msgmax overflowuid panic panic_on_oops pid_max printk',
  'kernel: perf_event_paranoid print-fatal-signals randomize_va_space sem shmmax shmmni sysrq threads-max',
  'fs: file-max nr_open protected_symlinks protected_hardlinks suid_dumpable',
  'vm: overcommit_memory mmap_min_addr max_map_count',
  'user: max_user_namespaces',
].flatMap((line) => below('/proc/sys', line));
const SYSTEM_FILES = [
  'etc: hosts hostname resolv.conf passwd group shadow ld.so.cache ld.so.preload mtab',
  'dev: null zero full random urandom tty fd stdin stdout stderr shm ptmx',
].flatMap((line) => below('', line));

/** `FOLDER: NAME NAME…` as paths. */
function below(root: string, line: string): readonly string[] {
  const [folder = '', names = ''] = line.split(': ');
  return names.split(' ').map((name) => `${root}/${folder}/${name}`);
}

export function takeCensus(folders: readonly string[]): Census {
  return new Map([
    ...SYSCTLS.map((path) => [path, readSetting(path)] as const),
    ...SYSTEM_FILES.map((path) => [path, describe(path)] as const),
    ...folders.flatMap((folder) => pathsBelow(folder).map((path) => [path, describe(path)] as const)),
  ]);
}

/** One line for each name whose line is another one now. */
export function censusChanges(before: Census, after: Census): readonly string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const [was, is] = [before.get(name) ?? 'absent', after.get(name) ?? 'absent'];
    return was === is ? [] : [`${name}: was ${was}, is ${is}`];
  });
}

function pathsBelow(folder: string): readonly string[] {
  return [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  ];
}

function describe(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return 'absent';
  const link = stat.isSymbolicLink() ? ` -> ${readlinkSync(path)}` : '';
  // Terminals and sinks get new times by being used.
  const content =
    stat.isCharacterDevice() || path === '/dev/shm' ? '' : ` ${stat.size} bytes, ${stat.mtimeNs}`;
  return `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${stat.ino}${content}${link}`;
}

function readSetting(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return 'unreadable';
  }
}
