import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeImage } from '../../src/places/write-image.ts';
import { entriesFromHost } from '../../src/rootfs/index.ts';
import { NUMBERED_CALLS } from '../../src/sandbox/seccomp/policy.ts';
import { seccompFilter } from '../../src/sandbox/seccomp/seccomp-filter.ts';
import { type Engine, startDocker } from '../engines.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { CALL_NUMBERS, SECCOMP_VARIANTS } from './seccomp-calls.ts';

/**
 * What the kernel answers to every call of x86_64 and i386: under docker's own filter, under ours in the same container
 * without docker's, and under none.
 */
const isHere =
  process.arch === 'x64' &&
  requireInCi('root, for an engine of our own', process.getuid?.() === 0) &&
  ['dockerd', 'docker', 'gcc'].every(hasTool);

/** What differs from the docker of Debian 12, 20.10.24 of 2023 with libseccomp 2.5.4, and why. */
const KNOWN_DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  'later ones allow them': [
    'name_to_handle_at',
    'process_vm_readv',
    'process_vm_writev',
    'pkey_alloc',
    'pkey_free',
    'pkey_mprotect',
  ],
  'later ones refuse them': ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  'later ones refuse AF_ALG and AF_VSOCK': ['socket(26)', 'socket(28)'],
  'docker takes the upper half of the register for a part of the family, and lets AF_VSOCK through': [
    'socket(100000028)',
  ],
  'its libseccomp does not know them, so runc says ENOSYS': [
    ...Object.keys(NUMBERED_CALLS),
    'set_mempolicy_home_node',
    'lsm_get_self_attr',
    'lsm_set_self_attr',
    'lsm_list_modules',
  ],
};

/** Newer than Debian 12's libseccomp; NUMBERED_CALLS has those that are allowed. */
const NEWER_NAMES: Readonly<Record<string, number>> = {
  ...NUMBERED_CALLS,
  lsm_get_self_attr: 459,
  lsm_set_self_attr: 460,
  lsm_list_modules: 461,
};

/** They end the probe, wait for ever, or make a process that nobody waits for. */
const NOT_CALLED = [
  'exit',
  'exit_group',
  'fork',
  'vfork',
  'pause',
  'sigsuspend',
  'sigreturn',
  'rt_sigreturn',
];
const LAST_NUMBER = 480;
const ALL_ONES = 'ffffffffffffffff';
const FAMILIES = Array.from({ length: 50 }, (_, family) => family.toString(16));
/** No namespace but a flag that is wrong alone (CLONE_THREAD), and CLONE_NEWUSER. */
const CLONE_FLAGS = ['10000', '10000011'];
const PERSONALITIES = ['0', '1', '8', '20000', 'ffffffff'];

/** The probe's entries into the kernel. */
const ABIS = { '64': 'x86_64', '32': 'x86' } as const;
type Entry = keyof typeof ABIS;

function numbersOf(entry: Entry): Readonly<Record<string, number>> {
  return { ...CALL_NUMBERS[ABIS[entry]], ...NEWER_NAMES };
}

/** The probe's input: every number, and the calls whose arguments decide. */
function probeInput(): string {
  return (['64', '32'] as const)
    .flatMap((entry) => {
      const numbers = numbersOf(entry);
      const skipped = new Set(NOT_CALLED.map((name) => numbers[name]));
      const all = Array.from({ length: LAST_NUMBER + 1 }, (_, number) => number).filter(
        (one) => !skipped.has(one),
      );
      const withArgument = (name: string, values: readonly string[]): string[] =>
        values.map((value) => `${entry} ${numbers[name]} ${value}\n`);
      return [
        ...all.map((number) => `${entry} ${number} ${ALL_ONES}\n`),
        ...withArgument('socket', entry === '64' ? [...FAMILIES, '100000028'] : FAMILIES),
        ...withArgument('socketpair', FAMILIES),
        ...withArgument('clone', CLONE_FLAGS),
        ...withArgument('personality', PERSONALITIES),
      ];
    })
    .join('');
}

/** `open`, `socket(26)` for x86_64; the same with `i386 ` before it. */
function describeCall(entry: string, number: string, first: string): string {
  const found = Object.entries(numbersOf(entry as Entry)).find(([, value]) => value === Number(number));
  const name = found?.[0] ?? number;
  return `${entry === '32' ? 'i386 ' : ''}${name}${first === ALL_ONES ? '' : `(${first})`}`;
}

type Answers = ReadonlyMap<string, string>;

function differences(one: Answers, other: Answers): string[] {
  return [...one.keys()].filter((call) => one.get(call) !== other.get(call));
}

describe.skipIf(!isHere)('the filters beside docker', () => {
  let folder = '';
  let engine: Engine;
  const answers = new Map<string, Answers>();

  async function probe(name: string, flags: readonly string[], args: readonly string[]): Promise<void> {
    const options = { flags: ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...flags] };
    const result = await engine.run('probe:1', args, { ...options, stdin: probeInput() });
    expect(result.exitCode, result.stderr).toBe(0);
    const lines = result.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const calls = lines.map(([entry = '', number = '', first = '', ...answer]) => {
      return [describeCall(entry, number, first), answer.join(' ')] as const;
    });
    answers.set(name, new Map(calls));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'morsel-seccomp-'));
    const program = join(folder, 'probe');
    const source = join(import.meta.dirname, 'seccomp-probe.c');
    execFileSync('gcc', ['-O1', '-static', '-o', program, source]);
    for (const variant of SECCOMP_VARIANTS)
      writeFileSync(join(folder, variant), seccompFilter('x86_64', variant));
    const path = join(folder, 'probe.tar');
    const entries = ['probe', ...SECCOMP_VARIANTS].flatMap((name) =>
      entriesFromHost(join(folder, name), `/${name}`, { reason: 'test' }),
    );
    await writeImage({
      layers: [{ kind: 'entries', entries }],
      platform: { os: 'linux', architecture: 'amd64' },
      config: { Entrypoint: ['/probe'] },
      output: { kind: 'archive', path, references: ['probe:1'] },
    });
    engine = await startDocker(join(folder, 'docker'));
    await engine.load(path);
    const unconfined = ['--security-opt', 'seccomp=unconfined'];
    await probe('docker', [], []);
    await probe('none', unconfined, []);
    for (const variant of SECCOMP_VARIANTS) await probe(variant, unconfined, [`/${variant}`]);
  });

  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const answersOf = (name: string): Answers => answers.get(name) ?? new Map();

  it('refuses what docker refuses, and nothing else, but for the known differences', () => {
    const known = new Set(Object.values(KNOWN_DIFFERENCES).flat());
    const found = differences(answersOf('docker'), answersOf('network'));
    expect(found.filter((call) => !known.has(call.replace('i386 ', '')))).toEqual([]);
    // The comparison is of something: so many calls would end in another way without a filter.
    expect(differences(answersOf('none'), answersOf('network')).length).toBeGreaterThan(100);
  });

  it('without a network closes all families but four, and nothing else', () => {
    const found = differences(answersOf('network'), answersOf('no-network'));
    const byFamily = /^(i386 )?(socket|socketpair)(\(|$)/;
    expect(found.filter((call) => !byFamily.test(call))).toEqual(['i386 socketcall']);
    for (const call of ['socket', 'socketpair', 'i386 socket', 'i386 socketpair']) {
      const none = answersOf('none');
      const closed = answersOf('no-network');
      const open = FAMILIES.filter((family) => {
        return closed.get(`${call}(${family})`) === none.get(`${call}(${family})`);
      });
      expect(open, call).toEqual(['1', '2', 'a', '10']);
    }
  });
});
