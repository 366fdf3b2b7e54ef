import { directoryTree, locateProgram } from '../rootfs/index.ts';
import { foreignProgram } from '../sandbox/index.ts';
import type { RuntimeConfiguration } from './runtime-configuration.ts';

/** Why this machine cannot run it at all: another architecture with no emulator; null when it can. */
export function unrunnable(
  root: string,
  argv: readonly string[],
  { cwd, env }: RuntimeConfiguration,
): string | null {
  const [name] = argv;
  if (name === undefined) return null;
  const tree = directoryTree(root);
  const located = locateProgram(tree, name, { cwd, path: env['PATH'] });
  if (located.kind !== 'found') return null;
  const foreign = foreignProgram(tree, located.file);
  if (foreign === null || foreign.emulator !== null) return null;
  const how =
    foreign.qemu === null
      ? 'cannot run, and qemu-user neither'
      : `can run only with ${foreign.qemu} (package qemu-user-static)`;
  return `${name} is a program for ${foreign.machine}, which this machine ${how}`;
}
