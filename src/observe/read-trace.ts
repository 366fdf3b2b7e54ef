import { openByteSource } from '../core/byte-source.ts';
import { Turns } from '../core/turns.ts';
import type { Observation } from './observation.ts';
import { TRACE_LIMITS, type TraceLimits } from './trace-limits.ts';
import { traceLines } from './trace-lines.ts';
import { type Start, TraceReader } from './trace-reader.ts';

export interface ReadTraceOptions extends Start {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<TraceLimits> | undefined;
}

/**
 * What a program asked for, from what `strace -f -y -o FILE` wrote of it and of the sandbox around it (`--seccomp-bpf -qq
 * -s 4096 -e signal=none`, 6.1 as in Debian 12). Its start is the first execve of `startPath` that succeeded; where a
 * marker is given, by the process that had asked for that. Bytes that are no trace are a gap, not an error.
 * Errors: NOT_FOUND, UNREADABLE, INTERRUPTED.
 */
export async function readTrace(traceFile: string, options: ReadTraceOptions): Promise<Observation> {
  const source = openByteSource(traceFile);
  try {
    const turns = new Turns(options.signal, `reading the trace ${traceFile}`);
    const limits = { ...TRACE_LIMITS, ...options.limits };
    const reader = new TraceReader(options, limits);
    const lines = traceLines(source, limits);
    for (;;) {
      await turns.take();
      const next = lines.next();
      if (next.done === true) return reader.observation(next.value);
      for (const line of next.value) reader.read(line);
    }
  } finally {
    source.close();
  }
}
