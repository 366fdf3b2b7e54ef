import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

export type Controller = 'pids' | 'memory';

/** Where a cgroup with some controllers may be made. */
export interface Hierarchy {
  readonly version: 1 | 2;
  readonly controllers: readonly Controller[];
  /** Absolute paths of existing cgroups, the most fitting first: its own limits are then ours as well. */
  readonly parents: readonly string[];
}

const CONTROLLERS: readonly Controller[] = ['pids', 'memory'];

/** Of this process, as the machine has them mounted: cgroups(7), /proc/PID/mountinfo and /proc/PID/cgroup. */
export function cgroupHierarchies(): readonly Hierarchy[] {
  return parseHierarchies(read('/proc/self/mountinfo'), read('/proc/self/cgroup')).map((one) => {
    return { ...one, parents: one.parents.filter((path) => existsSync(path)) };
  });
}

export function parseHierarchies(mountinfo: string, cgroup: string): readonly Hierarchy[] {
  const mounts = mountinfo.split('\n').flatMap((line) => parseMount(line) ?? []);
  const first = CONTROLLERS.flatMap((controller): Hierarchy[] => {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    return mount === undefined
      ? []
      : [
          {
            version: 1,
            controllers: [controller],
            parents: parentsIn(mount, ownPath(cgroup, controller), false),
          },
        ];
  });
  const bound = first.flatMap(({ controllers }) => controllers);
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  const left = CONTROLLERS.filter((controller) => !bound.includes(controller));
  if (unified === undefined || left.length === 0) return first;
  return [
    ...first,
    { version: 2, controllers: left, parents: parentsIn(unified, ownPath(cgroup, ''), true) },
  ];
}

interface CgroupMount {
  readonly type: string;
  readonly root: string;
  readonly point: string;
  readonly options: readonly string[];
}

/** proc(5): ID, parent, device, root, mount point, options, optional fields, `-`, type, source, super options. */
function parseMount(line: string): CgroupMount | null {
  const fields = line.split(' ');
  const dash = fields.indexOf('-');
  const [type = '', , options = ''] = fields.slice(dash + 1);
  if (dash < 0 || !type.startsWith('cgroup')) return null;
  return { type, root: fields[3] ?? '/', point: fields[4] ?? '', options: options.split(',') };
}

/** `4:memory:/user.slice` of version 1, `0::/user.slice` of version 2. */
function ownPath(cgroup: string, controller: Controller | ''): string {
  const fields = cgroup.split('\n').map((line) => line.split(':'));
  const own = fields.find(([, controllers = '']) => controllers.split(',').includes(controller));
  return own?.slice(2).join(':') ?? '/';
}

/** Version 2 allows no processes in a cgroup that hands controllers on ("no internal processes"), so beside the own one too. */
function parentsIn({ root, point }: CgroupMount, own: string, isUnified: boolean): readonly string[] {
  const inside =
    own === root
      ? '/'
      : own.startsWith(root === '/' ? '/' : `${root}/`)
        ? own.slice(root === '/' ? 0 : root.length)
        : '/';
  const above = isUnified && inside !== '/' ? [dirname(inside)] : [];
  return [...new Set([inside, ...above, '/'])].map((path) => (path === '/' ? point : join(point, path)));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
