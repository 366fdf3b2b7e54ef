import { findTool } from './find-tool.ts';

/**
 * How a command is kept together with everything that it starts, so that all of it ends with the command, at its time
 * limit, on interruption, and when morsel itself is killed.
 * `namespace`: the words before the command make it the first process of a pid namespace, whose end is the end of all
 * others in it, whatever they did to leave (setsid, double fork).
 * `supervised`, where no namespace can be made: a shell waits for morsel's end, and processes are known by their group
 * and by a word in their environment.
 */
export type ProcessFamily =
  | {
      readonly kind: 'namespace';
      readonly prefix: readonly string[];
      /** A file that the words before the command read from descriptor 3. */
      readonly input?: string | undefined;
    }
  | { readonly kind: 'supervised' };

/**
 * The words before a command that end it when morsel is killed: setpriv(1) asks the kernel for SIGKILL at the parent's
 * death. None where setpriv is not installed.
 */
export function deathSignalPrefix(): readonly string[] {
  const setpriv = findTool('setpriv');
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
}

/**
 * The first process gets its parent's death signal by `--kill-child`. Its own /proc comes first: without one, programs
 * that look for themselves by their id find another process.
 */
const NAMESPACES: readonly (readonly string[])[] = [
  ['--mount', '--mount-proc', '--pid', '--fork', '--kill-child'],
  ['--pid', '--fork', '--kill-child'],
];

/** An ordinary user makes them within a user namespace, in which it stays who it is. */
const AS_USER = ['--user', '--map-current-user'];

/** What may be tried on this machine, the best first. Empty where setpriv or unshare (util-linux) is not installed. */
export function possibleNamespaces(isRoot: boolean): readonly (readonly string[])[] {
  const unshare = findTool('unshare');
  const death = deathSignalPrefix();
  if (death.length === 0 || unshare === null) return [];
  const start = [...death, unshare];
  const asUser = NAMESPACES.map((flags) => [...start, ...AS_USER, ...flags, '--']);
  return isRoot ? [...NAMESPACES.map((flags) => [...start, ...flags, '--']), ...asUser] : asUser;
}

/** unshare(1) could not start the program: it ends as a shell does, and says so itself. */
export function isStartFailure(exitCode: number | null, stderr: string): boolean {
  return (exitCode === 126 || exitCode === 127) && stderr.startsWith('unshare: failed to execute');
}
