import { describe, expect, it } from 'vitest';
import type { CProject } from '../../project/project.ts';
import type { CompilePlan } from '../plan.ts';
import { NO_TOOLS, type Tools } from '../find/tools.ts';
import { sandboxEnvironment } from './sandbox-environment.ts';
import { isAround, type SandboxPlaces, sandboxPlaces } from './sandbox-places.ts';

const PROJECT = { kind: 'c', directory: '/home/u/p' } as CProject;
const PLAN: CompilePlan = {
  rung: 'static-musl',
  toolchain: 'test',
  workDirectory: '/home/u/.cache/morsel/work/p',
  cleanDirectories: ['/home/u/.cache/morsel/work/p/src'],
  prepare: [],
  commands: [],
  files: [],
  copySources: { from: '/home/u/p', to: '/home/u/.cache/morsel/work/p/src', exclude: [] },
  configuration: null,
  ordinary: null,
  artifact: {
    kind: 'search',
    directory: '/home/u/.cache/morsel/work/p/src',
    name: null,
    others: [],
    preferred: [],
  },
  finish: [],
  fallback: null,
  trades: [],
  notes: [],
  experimental: null,
};

function places(tools: Partial<Tools> = {}, real: Readonly<Record<string, string>> = {}): SandboxPlaces {
  const build = {
    project: PROJECT,
    plan: PLAN,
    tools: { ...NO_TOOLS, ...tools },
    sharedDirectory: '/s',
    seccomp: null,
  };
  return sandboxPlaces(build, { env: { HOME: '/home/u' }, realPath: (path) => real[path] ?? path });
}

const tool = (path: string) => ({ path, argvPrefix: [], version: null });

describe('sandboxPlaces', () => {
  it("writes to the build's own folders, and not to what morsel writes and uses by name", () => {
    const { reads, writes } = places();
    expect(writes).toEqual(['/home/u/.cache/morsel/work/p/src', '/home/u/.cache/morsel/work/p/cache']);
    expect(reads).toContain('/home/u/p');
    expect(reads).toContain('/home/u/.cache/morsel/work/p');
  });

  it('shows a toolchain in the home folder, and not the home folder', () => {
    const go = { go: { go: tool('/home/u/bin/go') } };
    expect(places(go, { '/home/u/bin/go': '/home/u/sdk/go1.22/bin/go' }).reads).toContain(
      '/home/u/sdk/go1.22',
    );
    expect(places(go).reads).toContain('/home/u/bin');
    const all = places({ ...go, searchPath: ['/home/u', '/', '/home', '/home/u/bin'] }).reads;
    expect(all.filter((path) => isAround(path, '/home/u'))).toEqual([]);
  });
});

describe('sandboxEnvironment', () => {
  const folders = {
    temporaryDirectory: '/w/tmp',
    cacheDirectory: '/w/cache',
    own: { CARGO_HOME: '/home/u/.cargo' },
  };

  it('passes settings of compilers and keeps secrets', () => {
    const env = sandboxEnvironment(
      {
        PATH: '/bin',
        RUSTFLAGS: '-Copt-level=1',
        CGO_CFLAGS: '-O1',
        CARGO_REGISTRY_TOKEN: 'x',
        CARGO_REGISTRIES_OWN_TOKEN: 'x',
        GOAUTH: 'x',
        GITHUB_TOKEN: 'x',
        SSH_AUTH_SOCK: '/run/x',
        DBUS_SESSION_BUS_ADDRESS: 'x',
        HOME: '/home/u',
      },
      folders,
    );
    expect(env).toMatchObject({
      PATH: '/bin',
      RUSTFLAGS: '-Copt-level=1',
      CGO_CFLAGS: '-O1',
      HOME: '/w/tmp',
    });
    expect(Object.values(env)).not.toContain('x');
    expect(env).not.toHaveProperty('SSH_AUTH_SOCK');
  });

  it('fetches nothing, and keeps compilers to caches of the build', () => {
    expect(
      sandboxEnvironment({ GOPROXY: 'https://user:secret@example.com', GOCACHE: '/home/u/c' }, folders),
    ).toMatchObject({
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
      CARGO_NET_OFFLINE: 'true',
      CARGO_HOME: '/home/u/.cargo',
      GOCACHE: '/w/cache/go',
    });
  });
});
