import { expect, it } from 'vitest';
import { parseHierarchies } from './hierarchies.ts';

function mountinfo(
  ...mounts: readonly (readonly [root: string, point: string, type: string, options: string])[]
): string {
  return mounts
    .map(
      ([root, point, type, options]) =>
        `31 23 0:28 ${root} ${point} rw,relatime shared:9 - ${type} ${type} rw,${options}`,
    )
    .join('\n');
}

it('finds each controller of version 1 in its own hierarchy, and nests in the own cgroup', () => {
  const mounts = mountinfo(
    ['/', '/', 'ext4', 'errors=remount-ro'],
    ['/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'],
    ['/', '/sys/fs/cgroup/memory', 'cgroup', 'memory'],
    ['/', '/sys/fs/cgroup/pids', 'cgroup', 'pids'],
    ['/', '/sys/fs/cgroup/unified', 'cgroup2', 'nsdelegate'],
  );
  expect(parseHierarchies(mounts, '8:pids:/\n4:memory:/jobs/7\n0::/\n')).toEqual([
    { version: 1, controllers: ['pids'], parents: ['/sys/fs/cgroup/pids'] },
    {
      version: 1,
      controllers: ['memory'],
      parents: ['/sys/fs/cgroup/memory/jobs/7', '/sys/fs/cgroup/memory'],
    },
  ]);
});

it('takes version 2 beside the own cgroup as well, where no controllers can be handed on from it', () => {
  const mounts = mountinfo(['/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate']);
  expect(parseHierarchies(mounts, '0::/user.slice/session-3.scope\n')).toEqual([
    {
      version: 2,
      controllers: ['pids', 'memory'],
      parents: ['/sys/fs/cgroup/user.slice/session-3.scope', '/sys/fs/cgroup/user.slice', '/sys/fs/cgroup'],
    },
  ]);
});

it('takes from version 2 what version 1 does not have', () => {
  const mounts = mountinfo(
    ['/', '/sys/fs/cgroup/pids', 'cgroup', 'pids'],
    ['/', '/sys/fs/cgroup/unified', 'cgroup2', ''],
  );
  expect(
    parseHierarchies(mounts, '8:pids:/\n0::/\n').map(({ version, controllers }) => [version, ...controllers]),
  ).toEqual([
    [1, 'pids'],
    [2, 'memory'],
  ]);
});

it('sees a part of a hierarchy that is mounted as the whole', () => {
  const mounts = mountinfo(['/docker/abc', '/sys/fs/cgroup/memory', 'cgroup', 'memory']);
  const parents = (own: string): unknown => parseHierarchies(mounts, `4:memory:${own}\n`)[0]?.parents;
  expect(parents('/docker/abc')).toEqual(['/sys/fs/cgroup/memory']);
  expect(parents('/docker/abc/inner')).toEqual(['/sys/fs/cgroup/memory/inner', '/sys/fs/cgroup/memory']);
  // Of another part nothing can be seen.
  expect(parents('/docker/abcdef')).toEqual(['/sys/fs/cgroup/memory']);
});

it('finds nothing where nothing is mounted', () => {
  expect(parseHierarchies('', '')).toEqual([]);
});
