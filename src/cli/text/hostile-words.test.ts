import { afterEach, describe, expect, it, vi } from 'vitest';
import { MorselError } from '../../core/errors.ts';
import type { MorselEvent } from '../../core/events.ts';
import type {
  BuildResult,
  Comparison,
  DoctorReport,
  Explanation,
  FileReport,
  LddResult,
  NeededNode,
  RungPlan,
  TreeReport,
} from '../../index.ts';
import { formatBuildReport } from './build-report.ts';
import { formatComparison, formatReasons } from './comparison-report.ts';
import { formatDiagnosis } from './doctor-report.ts';
import { formatExplanation } from './explain-report.ts';
import { reportFailure } from './failure.ts';
import { formatInspection } from './inspect-report.ts';
import { formatLddResults } from './ldd-report.ts';
import { formatPlan } from './plan-report.ts';
import { createProgress, NOTHING_TOLD } from './progress.ts';
import { joinLines, json, type Text } from './text.ts';

/**
 * Every event and every report, with hostile words in each of their strings, one at a time and all at once: no more
 * lines than with harmless ones, and nothing that a terminal obeys. A new kind of event does not compile before it is here.
 */
const HOSTILE =
  'a\n  passed  starts: all good\r\u001B[8m\u001B[2K\u001B]8;;http://x\u0007\t\u0085\u2028\u202Egnp\u2066\u200B\uDCFF\u{E0041}\u009B1A\u007Fz';
/** Everything but the line feed between lines; a tab where ldd has it, before a library. */
const RAW = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

let written = '';
vi.mock('./standard-streams.ts', () => ({
  writeOutput: (_descriptor: 1 | 2, text: Text) => void (written += text.shown),
}));
let isLive = false;
vi.mock('./terminal.ts', () => ({
  isLive: () => isLive,
  hasColor: () => false,
  pageColumns: () => null,
  terminalColumns: () => 80,
}));
afterEach(() => {
  written = '';
  isLive = false;
});

/** The value with one string replaced, for each of its strings, and with all. */
function* poisoned<Value>(value: Value): Generator<Value> {
  const count = stringsIn(value);
  for (let which = 0; which < count; which++) yield replaceString(value, (index) => index === which);
  yield replaceString(value, () => true);
}

function stringsIn(value: unknown): number {
  let count = 0;
  replaceString(value, () => (count++, false));
  return count;
}

/** These decide what is printed, and are morsel's own. */
const OWN_WORDS: ReadonlySet<string> = new Set(['kind', 'status']);

function replaceString<Value>(value: Value, isChosen: (index: number) => boolean): Value {
  let index = 0;
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
    typeof inner === 'string' && !OWN_WORDS.has(key) && isChosen(index++) ? HOSTILE : inner,
  ) as Value;
}

/** Lines of morsel's own: those of quoted compilers stand behind a gutter. */
const ownLines = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('  | '));

function expectHarmless<Value>(value: Value, show: (value: Value) => string): void {
  const lines = ownLines(show(value)).length;
  expect(stringsIn(value)).toBeGreaterThan(0);
  for (const hostile of poisoned(value)) {
    const text = show(hostile);
    expect(text.replaceAll(/^\t/gm, '')).not.toMatch(RAW);
    expect(ownLines(text)).toHaveLength(lines);
    expect(ownLines(text).filter((line) => /^\s*passed {2}starts/.test(line))).toEqual([]);
  }
}

const EVENTS: Readonly<Record<MorselEvent['kind'], MorselEvent>> = {
  'project-detected': { kind: 'project-detected', language: 'c', name: 'x', detail: 'x' },
  'rung-started': { kind: 'rung-started', rung: 'x' },
  'platform-started': { kind: 'platform-started', platform: 'x', number: 1, platforms: 1 },
  'path-started': { kind: 'path-started', path: 'x', number: 1, paths: 1 },
  'rung-rejected': { kind: 'rung-rejected', rung: 'x', reason: 'x', hint: 'x' },
  'rung-built': { kind: 'rung-built', rung: 'x', compressedBytes: 1, uncompressedBytes: 1, files: 1 },
  'row-started': { kind: 'row-started', row: 'x', number: 1, rows: 1 },
  'command-started': { kind: 'command-started', command: 'x', purpose: 'x', once: 'x' },
  'command-progress': {
    kind: 'command-progress',
    purpose: 'x',
    unit: 'steps',
    done: 1,
    total: 2,
    current: 'x',
    once: 'x',
  },
  'command-output': { kind: 'command-output', stream: 'stdout', text: 'x' },
  'command-finished': { kind: 'command-finished', purpose: 'x', exitCode: 0, elapsedMs: 1 },
  'proof-started': { kind: 'proof-started', rung: 'x', sandbox: 'x' },
  'check-finished': { kind: 'check-finished', check: 'x', status: 'failed', detail: 'x' },
  observing: { kind: 'observing', rung: 'x' },
  'comparing-linkage': { kind: 'comparing-linkage', rung: 'x', functions: ['x'] },
  'proof-skipped': { kind: 'proof-skipped', reason: 'x' },
  finding: { kind: 'finding', level: 'info', message: 'x', hint: 'x' },
  notice: { kind: 'notice', message: 'x', hint: 'x' },
  written: { kind: 'written', path: 'x', sizeBytes: 1 },
};
describe('events', () => {
  it.each(Object.values(EVENTS))('$kind', (event) => {
    for (const verbose of [false, true]) {
      expectHarmless(event, (one) => {
        written = '';
        const progress = createProgress({ verbose });
        progress.onEvent(one);
        progress.stop();
        return written;
      });
    }
  });

  it.each(Object.values(EVENTS))('$kind on the live line', (event) => {
    isLive = true;
    expectHarmless(event, (one) => {
      written = '';
      const progress = createProgress({});
      progress.onEvent(one);
      const drawn = written.replaceAll('\r\u001B[K', '');
      progress.stop();
      return drawn;
    });
  });
});
const SIZE = { compressedBytes: 1, uncompressedBytes: 1, files: 1 };

const BUILD = {
  reference: 'x',
  digest: 'x',
  platform: 'x',
  rung: 'closure',
  link: 'dynamic',
  libc: 'glibc',
  libraries: [],
  toolchain: 'x',
  size: SIZE,
  image: { path: 'x', kind: 'archive' },
  loaded: null,
  pushed: [],
  rejected: [{ rung: 'static-musl', reason: 'x', hint: 'x', size: SIZE }],
  files: [{ path: 'x', kind: 'file', sizeBytes: 1, reason: 'x' }],
  proof: {
    status: 'passed',
    strength: 'equal',
    control: { source: null, reason: 'x' },
    sandbox: 'x',
    reason: 'x',
    emulation: 'x',
    checks: [
      { name: 'x', status: 'passed', strength: 'equal', detail: 'x', listens: { address: 'x', port: 1 } },
    ],
  },
  trades: ['x'],
  programs: [{ path: 'x', link: 'dynamic', libc: 'glibc' }],
  references: ['x/x'],
  platforms: [],
  debugTwin: null,
  evidence: { digest: 'x', path: 'x' },
  findings: [{ level: 'info', message: 'x', hint: 'x' }],
  timings: { compileMs: 1, analyseMs: 1, assembleMs: 1, proveMs: 1 },
} satisfies BuildResult;

const SETTING = { loaded: null, told: NOTHING_TOLD, directory: '/', architecture: 'amd64' };

const COMPARISON = {
  name: 'x',
  rows: [
    {
      base: 'x',
      libc: 'x',
      link: 'x',
      packing: 'x',
      toolchain: 'x',
      compressedBytes: 1,
      uncompressedBytes: 1,
      files: 1,
      runs: 'no',
      reason: 'x',
      performance: null,
      startMs: 1,
    },
  ],
} satisfies Comparison;

const DIAGNOSIS = {
  ready: true,
  tracer: { tool: 'x', purpose: 'x', path: null, version: null, install: 'x' },
  tools: [
    { tool: 'x', purpose: 'x', path: null, version: null, install: 'x' },
    { tool: 'x', purpose: 'x', path: 'x', version: 'x', install: null },
  ],
  sandboxes: [
    { sandbox: 'x', usable: false, isolation: ['x'], particulars: ['x'], reason: 'x', install: 'x' },
    { sandbox: 'x', usable: true, isolation: ['x'], particulars: ['x'], reason: 'x', install: 'x' },
  ],
  engines: [{ engine: 'docker', installed: true, answers: false, version: 'x', reason: 'x' }],
  rustMuslRoute: { consent: '--toolchain-experimental', sources: 'x', built: ['x'] },
  cache: { directory: 'x', sizeBytes: 1, entries: 1 },
} satisfies DoctorReport;

const EXPLANATION = {
  certainty: 'decided',
  summary: 'x',
  recognised: ['x'],
  causes: [{ cause: 'crash', title: 'x', status: 'possible', evidence: 'x', check: 'x', fixes: ['x'] }],
  ruledOut: [{ cause: 'abort', because: 'x' }],
} satisfies Explanation;

const ANSWER = { answer: 'unknown', evidence: 'x' } as const;
const FILE = {
  path: 'x',
  kind: 'elf',
  sizeBytes: 1,
  machine: 'x',
  link: 'dynamic',
  libc: 'glibc',
  libcEvidence: 'x',
  interpreter: 'x',
  needed: ['x'],
  languages: ['c'],
  minimumGlibc: 'x',
  minimumGlibcSymbols: ['x'],
  stripped: true,
  needs: [{ need: 'shell', level: 'certain', evidence: 'x', fix: 'x', failure: 'x' }],
  verdicts: [{ base: 'x', platform: 'x', runs: 'yes', reason: 'x', basis: 'rule', size: null }],
  hardening: { pie: 'no', relro: 'none', nx: ANSWER, canary: ANSWER, fortify: ANSWER },
  closure: { files: [{ path: 'x', sizeBytes: 1 }], missing: ['x'], sizeBytes: 1 },
  facts: null,
} as unknown as FileReport;

const TREE = {
  path: 'x',
  kind: 'image',
  sizeBytes: 1,
  files: 1,
  elf: [
    {
      path: 'x',
      sizeBytes: 1,
      machine: 'x',
      link: 'dynamic',
      libc: 'glibc',
      interpreter: 'x',
      missing: ['x'],
      package: 'x',
    },
  ],
  missing: [{ name: 'x', neededBy: ['x'] }],
  duplicates: [{ sizeBytes: 1, paths: ['x', 'x'] }],
  replaced: [{ path: 'x', was: 'x', is: 'x', layer: 1 }],
  privileged: [{ path: 'x', mode: 'x', uid: 0, gid: 0, setuid: true, setgid: true, capabilities: 'x' }],
  entries: [{ path: 'x', kind: 'symlink', mode: 'x', uid: 0, gid: 0, sizeBytes: 1, target: 'x' }],
  image: {
    digest: 'x',
    references: ['x'],
    platform: 'x',
    emulation: 'x',
    created: 'x',
    config: {
      entrypoint: ['x'],
      cmd: ['x'],
      user: 'x',
      env: ['x'],
      ports: ['x'],
      volumes: ['x'],
      labels: { x: 'x' },
      workingDirectory: 'x',
      stopSignal: 'x',
    },
    layers: [
      { digest: 'x', diffId: 'x', mediaType: 'x', compressedBytes: 1, uncompressedBytes: 1, files: 1 },
    ],
    compressedBytes: 1,
  },
} satisfies TreeReport;

const NODE: NeededNode = { name: 'x', path: 'x', rule: 'x', foundBy: null, needs: [], repeated: true };
const LDD = [
  {
    report: { path: 'x', machine: 'x', missing: ['x'] },
    lines: { libraries: ['x'], complaints: ['x'] },
    tree: { ...NODE, needs: [NODE] },
  },
  { report: { path: 'x' }, lines: { libraries: ['x'], complaints: [] }, tree: NODE },
] as unknown as readonly LddResult[];

const COMMAND = { program: 'x', args: ['x'], cwd: 'x', env: { X: 'x' }, purpose: 'x' };
const PLANS = [
  { rung: 'closure', outcome: { kind: 'unavailable', reason: 'x', hint: 'x' } },
  {
    rung: 'closure',
    outcome: {
      kind: 'plan',
      plan: {
        toolchain: 'x',
        experimental: 'x',
        copySources: { from: 'x', to: 'x', exclude: ['x'] },
        configuration: null,
        ordinary: null,
        files: [{ path: 'x', content: { kind: 'symlink', target: 'x' } }],
        prepare: [COMMAND],
        commands: [COMMAND],
        trades: ['x'],
        notes: ['x'],
        fallback: { toolchain: 'x' },
      },
    },
  },
] as unknown as readonly RungPlan[];

const shown = (text: Text): string => text.shown;

describe('reports', () => {
  it('build', () => {
    expectHarmless(BUILD, (result) => shown(formatBuildReport(result, SETTING)));
    expectHarmless({ ...BUILD, image: { path: 'x', kind: 'layout' as const } }, (result) =>
      shown(formatBuildReport(result, SETTING)),
    );
    expectHarmless({ ...BUILD, platforms: [BUILD, { ...BUILD, findings: [] }] }, (result) =>
      shown(formatBuildReport(result, SETTING)),
    );
    const loaded = { engine: 'docker', id: 'x', output: 'x' } as const;
    expectHarmless(loaded, (one) => shown(formatBuildReport(BUILD, { ...SETTING, loaded: one })));
    const proof = { ...BUILD.proof, status: 'skipped' as const };
    expectHarmless(proof, (one) => shown(formatBuildReport({ ...BUILD, proof: one }, SETTING)));
  });

  it('compare', () => {
    for (const format of ['text', 'markdown'] as const)
      expectHarmless(COMPARISON, (one) => shown(formatComparison(one, format)));
    expectHarmless(COMPARISON, (one) => shown(formatReasons(one) ?? joinLines([])));
  });

  it('doctor', () => expectHarmless(DIAGNOSIS, (one) => shown(formatDiagnosis(one))));

  it('explain', () => expectHarmless(EXPLANATION, (one) => shown(formatExplanation(one))));

  it('inspect', () => {
    expectHarmless(FILE, (one) => shown(formatInspection(one)));
    expectHarmless({ ...FILE, needs: [], kind: 'script' as const }, (one) => shown(formatInspection(one)));
    expectHarmless(TREE, (one) => shown(formatInspection(one)));
  });

  it('ldd', () => {
    for (const asTree of [false, true]) expectHarmless(LDD, (one) => shown(formatLddResults(one, asTree)));
  });

  it('build --plan', () => expectHarmless(PLANS, (one) => shown(formatPlan(one))));

  it.each([BUILD, COMPARISON, DIAGNOSIS, EXPLANATION, FILE, TREE, LDD, PLANS])('as JSON', (value) => {
    expectHarmless<unknown>(value, (one) => shown(json(one, 2)));
    for (const hostile of poisoned<unknown>(value)) expect(JSON.parse(shown(json(hostile)))).toEqual(hostile);
  });
});

const failure = (error: unknown, format: 'text' | 'json'): string => {
  written = '';
  reportFailure(error, format);
  return written;
};

describe('failures', () => {
  const parts = { message: 'x', hint: 'x', output: 'x', cause: 'x', field: 'x' };
  const asError = ({ message, hint, output, cause, field }: typeof parts): MorselError =>
    new MorselError('COMPILE_FAILED', message, { hint, details: { output, field }, cause: new Error(cause) });

  it.each(['text', 'json'] as const)('expected ones, as %s', (format) => {
    expectHarmless(parts, (one) => failure(asError(one), format));
  });

  it('bugs: the stack is a quotation', () => {
    expectHarmless(parts, ({ message }) => failure(new TypeError(message), 'text'));
    expectHarmless(parts, ({ message }) => failure(message, 'text'));
  });
});
