import { statSync } from 'node:fs';

/**
 * What docker keeps from a container's root below /proc (moby, daemon/pkg/oci/defaults.go): the kernel asks for uid 0 there, not
 * for capabilities. Names are relative to /proc.
 */
export const MASKED_PROC = [
  'acpi',
  'asound',
  'interrupts',
  'kcore',
  'keys',
  'latency_stats',
  'timer_list',
  'timer_stats',
  'sched_debug',
  'scsi',
];
/** docker leaves the last one open: a trigger that is written there holds memory of the kernel, which no limit counts. */
export const READ_ONLY_PROC = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger', 'pressure'];

/**
 * bwrap's words that protect them, after `--proc /proc`. @param kindOf what this machine has at a path; null: the kernel
 * lacks it, and it needs no hiding.
 */
export function protectedProcWords(
  kindOf: (path: string) => 'directory' | 'other' | null,
): readonly string[] {
  const present = (names: readonly string[]): readonly string[] =>
    names.map((name) => `/proc/${name}`).filter((path) => kindOf(path) !== null);
  return [
    ...present(READ_ONLY_PROC).flatMap((path) => ['--ro-bind', path, path]),
    ...present(MASKED_PROC).flatMap((path) =>
      kindOf(path) === 'directory'
        ? ['--tmpfs', path, '--remount-ro', path]
        : ['--ro-bind', '/dev/null', path],
    ),
  ];
}

/** Of this machine; null also for what cannot be looked at. */
export function kindOfPath(path: string): 'directory' | 'other' | null {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'other';
  } catch {
    return null;
  }
}
