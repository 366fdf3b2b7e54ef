import { describe, expect, it } from 'vitest';
import type { PreparedRequest } from '../prepare/prepared-request.ts';
import { hasTool } from '../../../test/reference-tools.ts';
import { namespaceWords, prepareSteps } from './chain.ts';

const REQUEST: PreparedRequest = {
  argv: ['/program'],
  env: {},
  cwd: '/',
  uid: 1234,
  gid: 4321,
  groups: [],
  readOnlyRoot: true,
  network: 'none',
  limits: { processes: 7, memoryBytes: 1024 },
  image: '/image',
  imageMode: 0o755,
  imageOwner: { uid: 0, gid: 0 },
  path: '/program',
  hostname: 'morsel',
  missing: [],
  changed: [],
  files: {},
  binds: [],
  volumes: [],
  emulator: null,
  privileged: null,
  otherPrivileged: [],
  isObserved: false,
  terminal: null,
  startMarker: null,
};

describe.skipIf(!hasTool('unshare'))('the namespaces of a run', () => {
  const words = (more: Partial<PreparedRequest> = {}): readonly string[] =>
    namespaceWords({ ...REQUEST, ...more }, 'root', '/run', ['--extra']).slice(1);

  it('are all but that of users, with a network of its own', () => {
    const own = ['--mount', '--pid', '--ipc', '--uts', '--cgroup', '--net'];
    expect(words()).toEqual([...own, '--extra', '--fork', '--kill-child', '--']);
  });

  it('leave the network to the machine only where that was asked for', () => {
    expect(words({ network: 'host' })).not.toContain('--net');
  });
});

describe('the steps to a root', () => {
  const namesOf = (network: 'none' | 'host'): readonly string[] =>
    prepareSteps(
      { ...REQUEST, network },
      { identity: 'root' } as Parameters<typeof prepareSteps>[1],
      '/run',
    ).map(({ name }) => name);

  it('bring loopback up in a network of its own, and touch no other', () => {
    expect(namesOf('none').filter((name) => name.includes('loopback'))).not.toEqual([]);
    expect(namesOf('host').filter((name) => name.includes('loopback'))).toEqual([]);
  });
});
