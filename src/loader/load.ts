import { MorselError } from '../core/errors.ts';
import type {
  ClosureEdge,
  ClosureRequest,
  LeftOutLibrary,
  LoadFailure,
  MissingLibrary,
  NotPreloaded,
} from './closure.ts';
import type { Cpu } from './cpu.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LoadedObject } from './loaded-object.ts';
import type { LoaderSession, ObjectFile } from './session.ts';

/** Where a loader begins: the program, and the interpreter as PT_INTERP names it. */
export interface LoadStart {
  readonly session: LoaderSession;
  readonly request: ClosureRequest;
  readonly cpu: Cpu;
  readonly cwd: string;
  readonly program: { readonly path: string; readonly file: ObjectFile; readonly link: LinkFacts };
  readonly interpreter: { readonly path: string; readonly file: ObjectFile | null };
}

/** What the program's memory would hold when its own code begins. */
export interface LoadOutcome {
  /** The program first, then everything in the order of loading; the interpreter only when something asks for it. */
  readonly objects: readonly LoadedObject[];
  readonly edges: readonly ClosureEdge[];
  readonly missing: readonly MissingLibrary[];
  readonly notPreloaded: readonly NotPreloaded[];
  readonly leftOut: readonly LeftOutLibrary[];
  readonly failures: readonly LoadFailure[];
  /** Who answers to a name: for the check of versions. */
  readonly named: (name: string) => LoadedObject | undefined;
  readonly defaultDirectories: readonly string[];
  /** Variants of a loaded library in glibc-hwcaps directories. */
  readonly variants: (object: LoadedObject) => readonly { readonly path: string; readonly hwcaps: string }[];
}

/** Objects in one program: far above the largest (some 600), low enough for hostile trees. */
export const LOADED_OBJECT_LIMIT = 20_000;

export function tooManyObjects(path: string): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${path} loads more than ${LOADED_OBJECT_LIMIT} objects`, {
    hint: 'no program needs that many: get it from a source that you trust',
  });
}

/** The program itself. Its $ORIGIN is where its links lead when the kernel starts it (/proc/self/exe). */
export function programObject(start: LoadStart, origin: string): LoadedObject {
  const { path, file, link } = start.program;
  return {
    path,
    file,
    link,
    loader: null,
    origin,
    name: path,
    neededBy: path,
    foundBy: 'direct',
    reason: null,
    wanted: true,
  };
}

/** The name is left out, and where the tree has it is kept for who asks. */
export function leftOutOf(
  { request }: LoadStart,
  name: string,
  neededBy: string,
  path: string | null,
): LeftOutLibrary | null {
  return request.leaveOut?.(name, path) === true ? { name, neededBy, path } : null;
}
