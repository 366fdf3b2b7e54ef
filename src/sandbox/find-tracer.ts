import { findTool } from '../core/find-tool.ts';

/** The program of this machine by which runs are observed. */
export const TRACER = 'strace';

/** Its absolute path, or null where runs cannot be observed. */
export function findTracer(): string | null {
  return findTool(TRACER);
}
