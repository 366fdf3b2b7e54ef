import { join } from 'node:path/posix';
import { MorselError } from '../core/errors.ts';
import { directoryTree } from '../rootfs/index.ts';
import { containerFiles } from './container-files.ts';
import { EMULATOR_PATH, type PreparedRequest } from './container-plan.ts';
import { foreignProgram } from './emulator.ts';
import { homeDirectory, locateProgram } from './locate-program.ts';
import { makeMountPoints, type MountPointRequest } from './mount-points.ts';
import type { BindMount, RunRequest } from './sandbox.ts';

export type Preparation =
  | {
      readonly kind: 'ready';
      readonly prepared: PreparedRequest;
      readonly notes: readonly string[];
      readonly release: () => void;
    }
  | { readonly kind: 'not-started'; readonly failure: string };

const DEFAULT_HOSTNAME = 'morsel';
const SYSTEM_DIRECTORIES = ['/proc', '/sys', '/dev'];

/** Answers the questions that every driver has about a root, and makes the places for its mounts. */
export function prepareRequest(
  request: RunRequest,
  injected: (files: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
  sourceKind: (path: string) => MountPointRequest['kind'],
): Preparation {
  const [name] = request.argv;
  if (name === undefined) return { kind: 'not-started', failure: 'no command specified' };
  const tree = directoryTree(request.root);
  const mounts = request.mounts.map(({ target }) => target);
  const located = locateProgram(tree, name, { cwd: request.cwd, path: request.env['PATH'], mounts });
  if (located.kind === 'missing') return { kind: 'not-started', failure: located.failure };
  const foreign = foreignProgram(tree, absolute(request.cwd, located.path));
  const emulator = foreign?.emulator ?? null;
  const home = request.env['HOME'] ?? homeDirectory(tree, request.uid);
  const hostname = request.hostname ?? DEFAULT_HOSTNAME;
  const files = injected(request.network === 'none' ? containerFiles(hostname) : {});
  const points = makeMountPoints(request.root, [
    ...SYSTEM_DIRECTORIES.map((path) => ({ path, kind: 'directory' as const })),
    // As runc does, so that WORKDIR need not be in a layer.
    { path: request.cwd, kind: 'directory' },
    ...Object.keys(files).map((path) => ({ path, kind: 'file' as const })),
    ...request.mounts.map(({ source, target }) => ({ path: target, kind: sourceKind(source) })),
  ]);
  try {
    for (const path of SYSTEM_DIRECTORIES) {
      if (points.resolve(path) !== path) throw noPlace(path, 'the container needs a directory there');
    }
    const binds = [
      ...Object.entries(files).flatMap(([path, source]) => bindAt(points.resolve(path), source)),
      ...request.mounts.map((mount) => bindOf(mount, points.resolve(mount.target))),
    ];
    const prepared: PreparedRequest = {
      ...{ root: request.root, cwd: request.cwd, uid: request.uid, gid: request.gid, limits: request.limits },
      ...{ readOnlyRoot: request.readOnlyRoot, network: request.network, hostname, binds, emulator },
      path: emulator === null ? located.path : EMULATOR_PATH,
      argv:
        emulator === null
          ? request.argv
          : [EMULATOR_PATH, '-0', name, ...(foreign?.argv ?? []), ...request.argv.slice(1)],
      env: { ...request.env, HOME: home },
      isObserved: request.whileRunning !== undefined,
    };
    const notes =
      emulator === null
        ? []
        : [`${foreign?.machine ?? ''} emulated by ${emulator.slice(emulator.lastIndexOf('/') + 1)}`];
    return { kind: 'ready', prepared, notes, release: points.release };
  } catch (error) {
    points.release();
    throw error;
  }
}

function absolute(cwd: string, path: string): string {
  return path.startsWith('/') ? path : join(cwd, path);
}

/** Docker's own files are not put over something of the image that is no file. */
function bindAt(target: string | null, source: string): readonly BindMount[] {
  return target === null ? [] : [{ source, target, readOnly: false }];
}

function bindOf(mount: BindMount, target: string | null): BindMount {
  if (target === null) throw noPlace(mount.target, `${mount.source} cannot be mounted there`);
  return { ...mount, target };
}

function noPlace(path: string, reason: string): MorselError {
  return new MorselError('SANDBOX_FAILED', `${path} of the image is something else: ${reason}`);
}
