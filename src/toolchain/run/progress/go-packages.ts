import type { Step } from './step.ts';

/** `go build -v` prints the import path of each package that it compiles; its errors have a colon or a blank. */
const PACKAGE = /^[\w][\w.~+-]{0,100}(?:\/[\w.~+@-]{1,100}){0,20}$/;

/** null for all but the name of a package. */
export function readGoPackage(line: string): Step | null {
  return PACKAGE.test(line) ? { kind: 'one', unit: 'packages', current: line } : null;
}
