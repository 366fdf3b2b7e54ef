import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { TRACER } from '../find-tracer.ts';
import { requireTool } from '../require-tool.ts';

/** What names a file, what starts and ends, and the few calls beside by which a program finds something. */
const TRACED_CALLS = [
  '%file',
  '%process',
  'connect',
  'sendto',
  'sendmsg',
  'fchdir',
  'getdents64',
  'getdents',
  'io_uring_setup',
];
/** Of a text, a path above all: PATH_MAX. */
const TEXT_LIMIT_BYTES = 4096;

/** Where the tracer writes: a FIFO in the run's folder. */
export function tracePathOf(folder: string): string {
  return `${folder}/trace`;
}

/**
 * The words that put a tracer on what follows; [] for a run that nobody observes. The tracer is the grandchild (-D), and
 * what follows stays the process that it is: its exit code, its death signal and its network are asked for.
 */
export function traceWords({ startMarker, privileged }: PreparedRequest, folder: string): readonly string[] {
  if (startMarker === null) return [];
  // Without a filter every call stops twice; but it takes no_new_privs along, by which no file gains anything.
  const filter = privileged === null ? ['--seccomp-bpf'] : [];
  return [
    [requireTool(TRACER), '-D', '-f', ...filter, '-y', '-qq', '-s', String(TEXT_LIMIT_BYTES)],
    ['-e', 'signal=none', '-e', `trace=${TRACED_CALLS.join(',')}`, '-o', tracePathOf(folder), '--'],
  ].flat();
}
