import { hiddenProcPaths, readOnlyProcPaths } from '../description.ts';
import type { Step } from './assemble-program.ts';
import { bind, hide, mount, readOnly } from './mount-steps.ts';
import { MS } from './system-calls.ts';

/** /proc of this pid namespace, with what a container's root must not reach. */
export function procSteps(root: string): readonly Step[] {
  return [
    mount('proc', `${root}/proc`, MS.NOSUID | MS.NODEV | MS.NOEXEC, ''),
    ...readOnlyProcPaths().flatMap((path) => [
      bind(`${root}${path}`, `${root}${path}`),
      readOnly(`${root}${path}`),
    ]),
    ...hiddenProcPaths().map((path) => hide(path, `${root}${path}`)),
  ];
}
