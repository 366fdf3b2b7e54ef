import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TERMINAL_SIZE } from '../../src/proof/conditions/conditions.ts';
import { NAME_SERVER, type Services } from '../../src/proof/services/services.ts';
import { expectedNothing } from '../left-behind.ts';
import { requireTool } from '../reference-tools.ts';
import type { PlannedRun, RunOutcome } from './sandbox-runner.ts';
import { COMBINATIONS, type Home, makeHome, makeSuiteFolder, performRuns } from './sandbox-suite.ts';
import { compileServiceClient } from './service-client.ts';

/** Servers, volumes, a terminal: what a check may ask for, in every driver, as every kind of user. */
let folder = '';
beforeAll(() => {
  requireTool('go');
  folder = makeSuiteFolder();
  compileServiceClient(folder);
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = { A: [], AAAA: [], TXT: [], CNAME: null, fails: {}, truncate: false };
const host = { certificate: 'good', paths: { '/': { status: 200, body: 'Hello\n' } } } as const;
const SERVICES: Services = {
  dns: {
    search: ['svc.test'],
    records: {
      'both.test': { ...record, A: ['192.0.2.1', '127.0.0.1'], AAAA: ['2001:db8::1'] },
      'short.svc.test': { ...record, CNAME: 'both.test' },
      'long.test': { ...record, A: ['127.0.0.9'], truncate: true },
      'broken.test': { ...record, A: ['127.0.0.8'], fails: { AAAA: 'SERVFAIL', A: 'SERVFAIL' } },
    },
  },
  tls: {
    port: 443,
    hosts: {
      'good.test': host,
      'wrong.test': { ...host, certificate: 'wrong-name' },
      'expired.test': { ...host, certificate: 'expired' },
      'foreign.test': { ...host, certificate: 'foreign' },
    },
  },
};
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

function planRuns({ root }: Home): Readonly<Record<string, PlannedRun>> {
  const run = (argv: readonly string[], more: Partial<PlannedRun['request']> = {}): PlannedRun => ({
    request: {
      root,
      argv: ['/client', ...argv],
      env: {},
      cwd: '/',
      uid: 65532,
      gid: 65532,
      readOnlyRoot: true,
      network: 'none',
      mounts: [],
      timeoutMs: 120_000,
      stdio: { kind: 'capture' },
      limits: { processes: 100, memoryBytes: 1024 * 1024 * 1024 },
      ...more,
    },
  });
  const names = ['both.test', 'short', 'long.test', 'gone.test', 'broken.test'];
  const pages = [
    'good.test/',
    'good.test/none',
    'wrong.test/',
    'expired.test/',
    'foreign.test/',
    'gone.test/',
  ];
  const asked = [...names.map((name) => `lookup=${name}`), ...pages.map((page) => `fetch=https://${page}`)];
  return {
    services: { ...run([...asked, 'cat=/etc/resolv.conf']), services: SERVICES },
    flooded: { ...run(['flood=20000']), services: SERVICES },
    alone: run(['lookup=both.test', `cat=/etc/resolv.conf`]),
    volumes: run(
      [
        'cat=/data/a/b.txt',
        'owner=/data',
        'owner=/data/a/b.txt',
        'write=/data/new',
        'cat=/fixed/c',
        'write=/fixed/c',
      ].concat(['write=/fixed/new', 'owner=/tmp', 'write=/tmp/x', 'write=/new']),
      {
        volumes: [
          { target: '/data', files: { 'a/b.txt': 'in a volume' }, readOnly: false, mode: 0o755 },
          { target: '/fixed', files: { c: 'fixed' }, readOnly: true, mode: 0o755 },
          { target: '/tmp', files: {}, readOnly: false, mode: 0o1777 },
        ],
      },
    ),
    terminal: run(['ask=name? ', 'ask=more? '], {
      stdio: { kind: 'terminal', typed: ['somebody\r', '\u0004'], size: TERMINAL_SIZE },
    }),
  };
}

describe.each(COMBINATIONS)('services in $title', (combination) => {
  let results: Readonly<Record<string, RunOutcome>> = {};
  const lines = (name: string): readonly string[] => (results[name]?.stdout ?? '').split('\n');
  const answer = (name: string, question: string): string =>
    lines(name)
      .find((line) => line.startsWith(`${question} -> `))
      ?.slice(question.length + 4) ?? '';

  beforeAll(async () => {
    const home = makeHome(folder);
    mkdirSync(join(home.root, 'etc/ssl/certs'), { recursive: true });
    writeFileSync(join(home.root, BUNDLE), '# nobody\n');
    copyFileSync(join(folder, 'client'), join(home.root, 'client'));
    results = performRuns(folder, home, combination, planRuns(home)).results;
    expect(await expectedNothing(home.path)).toEqual({ processes: [], mounts: [] });
  }, 400_000);

  it('starts every program, and ends it', () => {
    for (const [name, { error, exitCode, stderr }] of Object.entries(results))
      expect({ name, error, exitCode, stderr }).toEqual({ name, error: null, exitCode: 0, stderr: '' });
  });

  it('answers names: both families, search domains, TCP, what is not there and what fails', () => {
    expect(answer('services', 'cat /etc/resolv.conf')).toBe(`nameserver ${NAME_SERVER}`);
    expect(answer('services', 'lookup both.test')).toBe('127.0.0.1 192.0.2.1 2001:db8::1');
    expect(answer('services', 'lookup short')).toBe('127.0.0.1 192.0.2.1 2001:db8::1');
    expect(answer('services', 'lookup long.test')).toBe('127.0.0.9');
    expect(answer('services', 'lookup gone.test')).toMatch(/no such host/);
    expect(answer('services', 'lookup broken.test')).toMatch(/server misbehaving/);
  });

  it('answers with certificates that hold, and with such as do not', () => {
    expect(results['services']?.trustedIn).toEqual([BUNDLE]);
    expect(answer('services', 'fetch https://good.test/')).toBe('200 OK Hello');
    expect(answer('services', 'fetch https://good.test/none')).toMatch(/^404 /);
    expect(answer('services', 'fetch https://wrong.test/')).toMatch(
      /valid for wrong-name\.invalid, not wrong\.test/,
    );
    expect(answer('services', 'fetch https://expired.test/')).toMatch(/certificate has expired/);
    expect(answer('services', 'fetch https://foreign.test/')).toMatch(/signed by unknown authority/);
    expect(answer('services', 'fetch https://gone.test/')).toMatch(/no such host/);
  });

  it('lets a program attack the servers, and says so', () => {
    expect(results['flooded']?.stdout).toMatch(/-> flooded, and answered to the end: false/);
    expect(results['flooded']?.servicesProblem).toMatch(/more than \d+ times/);
    expect(results['services']?.servicesProblem).toBeNull();
  });

  it('has none where none are asked for', () => {
    expect(answer('alone', 'cat /etc/resolv.conf')).toBe('# no network in this container');
    expect(answer('alone', 'lookup both.test')).toMatch(/^error: /);
    expect(results['alone']?.trustedIn).toEqual([]);
  });

  it('gives volumes of the program, with their files', () => {
    expect(answer('volumes', 'cat /data/a/b.txt')).toBe('in a volume');
    expect(answer('volumes', 'owner /data')).toBe('65532:65532 755');
    expect(answer('volumes', 'owner /data/a/b.txt')).toBe('65532:65532 644');
    expect(answer('volumes', 'write /data/new')).toBe('written');
    expect(answer('volumes', 'cat /fixed/c')).toBe('fixed');
    expect(answer('volumes', 'write /fixed/c')).toMatch(/read-only file system/);
    expect(answer('volumes', 'write /fixed/new')).toMatch(/read-only file system/);
    expect(answer('volumes', 'owner /tmp')).toMatch(/ 1777$/);
    expect(answer('volumes', 'write /tmp/x')).toBe('written');
    expect(answer('volumes', 'write /new')).toMatch(/read-only file system/);
  });

  it('types at a terminal when the program waits', () => {
    const drawn = results['terminal']?.stdout ?? '';
    expect(drawn).toMatch(/^name\? somebody\r\nask name\?  -> somebody from \/dev\/console\r\nmore\? /);
    expect(drawn).toMatch(/ask more\?  -> error: EOF/);
  });
});
