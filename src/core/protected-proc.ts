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
