import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import type { MorselEvent } from '../../core/events.ts';
import { hostArchitecture } from '../../core/machines.ts';
import type { GoProject } from '../../project/project.ts';
import { checkGoVersion, isOlder, refuseFailedDownload } from './check-go-version.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-gov-'));
});
afterEach(() => rmSync(root, { recursive: true }));

interface Case {
  readonly minimum?: string;
  readonly toolchain?: string;
  /** What `go env GOTOOLCHAIN GOPROXY` prints. */
  readonly settings: readonly [string, string];
  readonly offline?: boolean;
}

/** A go command of version 1.24.2 that answers one question. */
async function check({ minimum, toolchain, settings, offline = false }: Case) {
  const path = join(root, 'go');
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' ${settings.map((word) => `'${word}'`).join(' ')}\n`);
  chmodSync(path, 0o755);
  const events: MorselEvent[] = [];
  const project = { wantedGo: { minimum: minimum ?? null, toolchain: toolchain ?? null } } as GoProject;
  const fetched = await checkGoVersion(
    project,
    { path, argvPrefix: [], version: '1.24.2' },
    {
      architecture: 'amd64',
      offline,
      env: { PATH: process.env['PATH'], GOMODCACHE: join(root, 'mod') },
      onEvent: (event) => events.push(event),
    },
  );
  return { fetched, events };
}

async function failure(one: Case): Promise<MorselError> {
  try {
    await check(one);
  } catch (error) {
    if (error instanceof MorselError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const PROXY = 'https://proxy.golang.org,direct';

describe('checkGoVersion', () => {
  it('has nothing to say where the Go that is here serves', async () => {
    for (const lines of [
      {},
      { minimum: '1.24' },
      { minimum: '1.24.2', toolchain: '1.23.9' },
      { minimum: '1.18' },
    ])
      expect(await check({ ...lines, settings: ['auto', PROXY] })).toEqual({ fetched: null, events: [] });
    const suggested = { minimum: '1.24', toolchain: '1.25.0', settings: ['local', PROXY] } as const;
    expect((await check(suggested)).fetched).toBeNull();
  });

  it.each([
    [{ minimum: '1.25.1' }, '1.25.1'],
    [{ minimum: '1.24', toolchain: '1.26.0' }, '1.26.0'],
    [{ minimum: '1.25.3', toolchain: '1.25.1' }, '1.25.3'],
  ])('tells of a download before it is made: %j', async (lines, wanted) => {
    const { fetched, events } = await check({ ...lines, settings: ['auto', PROXY] });
    expect(fetched).toEqual({ wanted, here: '1.24.2' });
    expect(events).toEqual([
      {
        kind: 'notice',
        message: `go.mod asks for Go ${wanted}, and here is 1.24.2: the go command downloads it (GOTOOLCHAIN=auto)`,
        hint: 'GOTOOLCHAIN=local keeps it from that',
      },
    ]);
  });

  it('is silent where it was fetched before', async () => {
    mkdirSync(join(root, `mod/golang.org/toolchain@v0.0.1-go1.25.1.linux-${hostArchitecture()}`), {
      recursive: true,
    });
    expect((await check({ minimum: '1.25.1', settings: ['go1.24.0+auto', PROXY] })).events).toEqual([]);
  });

  it.each([
    [{ settings: ['local', PROXY] }, 'GOTOOLCHAIN=local keeps the go command from fetching it'],
    [{ settings: ['auto', 'off'] }, 'it may not be fetched now'],
    [{ settings: ['auto', PROXY], offline: true }, 'it may not be fetched now'],
  ] as const)('is one sentence where it may not be fetched: %j', async (settings, why) => {
    const error = await failure({ minimum: '1.26', ...settings });
    expect(error.code).toBe('TOOLCHAIN_MISSING');
    expect(error.message).toBe(`go.mod asks for Go 1.26, and here is 1.24.2: ${why}`);
    expect(error.hint).toMatch(/^install Go 1\.26, or /);
  });

  it('is one sentence where the network is not there', () => {
    const fetched = { wanted: '1.26', here: '1.24.2' };
    const stderr = 'go: download go1.26 for linux/amd64: toolchain not available\n';
    expect(() => refuseFailedDownload(fetched, stderr)).toThrow('here is 1.24.2: it could not be fetched');
    expect(() => refuseFailedDownload(fetched, 'main.go:1: syntax error\n')).not.toThrow();
  });
});

describe('isOlder', () => {
  it.each([
    ['1.9', '1.10', true],
    ['1.24.2', '1.24', false],
    ['1.24', '1.24.1', true],
    ['1.25rc1', '1.25', true],
    ['1.25beta1', '1.25rc1', true],
    ['1.25', '1.25rc2', false],
  ])('%s before %s: %s', (version, than, expected) => {
    expect(isOlder(version, than)).toBe(expected);
  });
});
