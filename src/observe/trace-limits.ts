/** 20 s of nothing but traced calls are about 150 MB. */
const TRACE_LIMIT_BYTES = 1024 ** 3;
/** A path is at most 4 x 4095 characters here (`\377` for a byte), a call names two, and strace each with its directory. */
const TRACE_LINE_LIMIT_BYTES = 128 * 1024;
const TRACE_PATHS_LIMIT = 200_000;
const TRACE_PATH_UNITS_LIMIT = 16 * 1024 ** 2;
const TRACE_TASKS_LIMIT = 100_000;
const TRACE_PENDING_UNITS_LIMIT = 16 * 1024 ** 2;

/** What a trace may make of this process: a program decides how long it is, and how many names are in it. */
export interface TraceLimits {
  /** Bytes of the trace that are read; what comes after is a gap. */
  readonly traceBytes: number;
  /** Bytes of one line that are kept from its start: paths stand first, a list of arguments may be megabytes. */
  readonly lineBytes: number;
  /** Different paths of each kind that are remembered. */
  readonly paths: number;
  /** All of them together, in UTF-16 units. */
  readonly pathUnits: number;
  /** Processes and threads that are known at one time. */
  readonly tasks: number;
  /** Calls that wait for their second half, together, in characters. */
  readonly pendingUnits: number;
}

export const TRACE_LIMITS: TraceLimits = {
  traceBytes: TRACE_LIMIT_BYTES,
  lineBytes: TRACE_LINE_LIMIT_BYTES,
  paths: TRACE_PATHS_LIMIT,
  pathUnits: TRACE_PATH_UNITS_LIMIT,
  tasks: TRACE_TASKS_LIMIT,
  pendingUnits: TRACE_PENDING_UNITS_LIMIT,
};

/** Of a line that is longer than that, what is kept of its end: `) = -1 ENOENT (No such file or directory)`. */
export const LINE_END_BYTES = 512;
