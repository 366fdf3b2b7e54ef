import { join } from 'node:path/posix';
import { MorselError } from '../core/errors.ts';
import { directoryTree, type FileTree } from '../rootfs/index.ts';
import { containerFiles } from './container-files.ts';
import { EMULATOR_PATH, type PreparedRequest } from './container-plan.ts';
import { foreignProgram } from './emulator.ts';
import { homeDirectory, locateProgram } from './locate-program.ts';
import { makeMountPoints, type MountPointRequest, type MountPoints } from './mount-points.ts';
import type { BindMount, RunRequest } from './sandbox.ts';

export type Preparation =
  | {
      readonly kind: 'ready';
      readonly prepared: PreparedRequest;
      readonly notes: readonly string[];
      readonly release: () => void;
    }
  | { readonly kind: 'not-started'; readonly failure: string };

/** What preparing has to do on this machine; given, so that the rest only decides. */
export interface PreparationEffects {
  /** Writes the injected files, path in the container → content, and says where they are. */
  readonly writeFiles: (files: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Whether the source of a mount is a file or a directory. Error: NOT_FOUND. */
  readonly kindOf: (source: string) => MountPointRequest['kind'];
}

const DEFAULT_HOSTNAME = 'morsel';
const SYSTEM_DIRECTORIES = ['/proc', '/sys', '/dev'];

/** Answers the questions that every driver has about a root, and makes the places for its mounts. */
export function prepareRequest(request: RunRequest, effects: PreparationEffects): Preparation {
  const tree = directoryTree(request.root);
  const program = findProgram(tree, request);
  if (typeof program === 'string') return { kind: 'not-started', failure: program };
  const hostname = request.hostname ?? DEFAULT_HOSTNAME;
  const files = effects.writeFiles(containerFiles(hostname, request.network));
  const points = makeMountPoints(request.root, [
    ...SYSTEM_DIRECTORIES.map((path) => ({ path, kind: 'directory' as const })),
    // As runc does, so that WORKDIR need not be in a layer.
    { path: request.cwd, kind: 'directory' },
    ...Object.keys(files).map((path) => ({ path, kind: 'file' as const })),
    ...request.mounts.map(({ source, target }) => ({ path: target, kind: effects.kindOf(source) })),
  ]);
  try {
    const { root, cwd, uid, gid, limits, readOnlyRoot, network } = request;
    const prepared: PreparedRequest = {
      root,
      cwd,
      uid,
      gid,
      limits,
      readOnlyRoot,
      network,
      hostname,
      ...program,
      binds: bindsAt(points, files, request.mounts),
      env: {
        ...request.env,
        HOME: request.env['HOME'] ?? homeDirectory(tree, uid),
      },
      isObserved: request.whileRunning !== undefined,
    };
    return { kind: 'ready', prepared, notes: program.notes, release: points.release };
  } catch (error) {
    points.release();
    throw error;
  }
}

interface FoundProgram {
  readonly path: string;
  readonly argv: readonly string[];
  readonly emulator: string | null;
  readonly notes: readonly string[];
}

/** What to execute: the program, or an emulator that runs it; a text says why there is nothing. */
function findProgram(tree: FileTree, request: RunRequest): FoundProgram | string {
  const { argv, cwd, env } = request;
  const [name] = argv;
  if (name === undefined) return 'no command specified';
  const mounts = request.mounts.map(({ target }) => target);
  const located = locateProgram(tree, name, { cwd, path: env['PATH'], mounts });
  if (located.kind === 'missing') return located.failure;
  const foreign = foreignProgram(tree, located.path.startsWith('/') ? located.path : join(cwd, located.path));
  if (foreign === null || foreign.emulator === null)
    return { path: located.path, argv, emulator: null, notes: [] };
  const { emulator, machine } = foreign;
  return {
    path: EMULATOR_PATH,
    // -0: what the program is to see as its own name.
    argv: [EMULATOR_PATH, '-0', name, ...foreign.argv, ...argv.slice(1)],
    emulator,
    notes: [`${machine} emulated by ${emulator.slice(emulator.lastIndexOf('/') + 1)}`],
  };
}

function bindsAt(
  points: MountPoints,
  files: Readonly<Record<string, string>>,
  mounts: readonly BindMount[],
): readonly BindMount[] {
  for (const path of SYSTEM_DIRECTORIES) {
    if (points.resolve(path) !== path) throw noPlace(path, 'the container needs a directory there');
  }
  // Docker's own files are not put over something of the image that is no file.
  const injected = Object.entries(files).flatMap(([path, source]) => {
    const target = points.resolve(path);
    return target === null ? [] : [{ source, target, readOnly: false }];
  });
  const given = mounts.map((mount) => {
    const target = points.resolve(mount.target);
    if (target === null) throw noPlace(mount.target, `${mount.source} cannot be mounted there`);
    return { ...mount, target };
  });
  return [...injected, ...given];
}

function noPlace(path: string, reason: string): MorselError {
  return new MorselError('SANDBOX_FAILED', `${path} of the image is something else: ${reason}`, {
    hint: 'look at the path with `morsel inspect`',
  });
}
