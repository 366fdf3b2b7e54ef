import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryByteSource } from '../../src/core/byte-source.ts';
import type { Observation } from '../../src/observe/index.ts';
import { TRACE_LIMITS, type TraceLimits } from '../../src/observe/trace-limits.ts';
import { traceLines } from '../../src/observe/trace-lines.ts';
import { TraceReader } from '../../src/observe/trace-reader.ts';
import { usesOf } from '../observe-lines.ts';
import { modelTrace, writeTrace } from './trace-model.ts';

/** `MORSEL_FUZZ_COUNT=200000` for the long run, `MORSEL_FUZZ_SEED` for other ones: as in elf-mutations.test.ts. */
const RUNS = Number(
  process.env['MORSEL_FUZZ_COUNT'] ?? (process.env['MORSEL_TEST_ALL'] === '1' ? 100_000 : 3_000),
);
const SEED = Number(process.env['MORSEL_FUZZ_SEED'] ?? 20_261_127);
const TIMEOUT = { timeout: 60_000 + RUNS * 10 };
const CPU_LIMIT_MS = 2000;

/** As `readTrace`, of bytes that are in memory. */
function read(bytes: Buffer, limits: TraceLimits = TRACE_LIMITS): Observation {
  const reader = new TraceReader({ startPath: '/bin/x', workingDirectory: '/w' }, limits);
  const lines = traceLines(memoryByteSource(bytes), limits);
  for (;;) {
    const next = lines.next();
    if (next.done === true) return reader.observation(next.value);
    for (const line of next.value) reader.read(line);
  }
}

function cpuMs(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('a trace', () => {
  it(`says what its calls said, however they are mixed: ${RUNS} times from seed ${SEED}`, TIMEOUT, () => {
    const property = fc.property(modelTrace, (trace) => {
      const { text, calls } = writeTrace(trace);
      const { found, unnamed, ...rest } = read(Buffer.from(text, 'latin1'));
      expect(rest).toEqual({
        started: true,
        missed: new Set(calls.flatMap(({ missed }) => missed ?? [])),
        refused: new Set(),
        notExecuted: new Set(),
        sockets: new Set(calls.flatMap(({ socket }) => socket ?? [])),
        gaps: [],
      });
      const named = new Set(['/bin/x', ...calls.flatMap((call) => call.named)]);
      expect(unnamed).toEqual(new Set([...found.keys()].filter((path) => !named.has(path))));
      const uses = usesOf({ found, unnamed, ...rest });
      const expected: Record<string, Set<string>> = {};
      for (const [path, use] of calls.flatMap((call) => Object.entries(call.found))) {
        (expected[path] ??= new Set()).add(use);
      }
      const sets = Object.entries(uses).map(([path, use]) => [path, new Set(use.split(' '))] as const);
      expect(Object.fromEntries(sets)).toEqual(expected);
    });
    fc.assert(property, { numRuns: RUNS, seed: SEED });
  });
});

/** Lines of every kind that a reader knows. `/gone…` is never there. */
const CORPUS = [
  'openat(AT_FDCWD</w>, "/gone1", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
  'stat("/gone2", 0x7ffd) = -1 ENOENT (No such file or directory)',
  'execve("/gone3", ["x", ") = 0"], 0x7ffd /* 3 vars */) = -1 ENOENT (No such file or directory)',
  'access("/gone4", F_OK)     = -1 ENOENT (No such file or directory)',
  'readlink("/gone5", 0x7ffd, 4096) = -1 ENOENT (No such file or directory)',
  'rename("/gone6", "/gone7") = -1 ENOENT (No such file or directory)',
  'openat(AT_FDCWD</w>, "/etc/x", O_RDONLY) = 3</etc/real\\377\\74>',
  'openat(3</d>(deleted), "x", O_RDWR|O_CREAT, 0666) = 4</d/x>(deleted)',
  'newfstatat(AT_FDCWD</w>, "a",  <unfinished ...>',
  '<... newfstatat resumed>{st_mode=S_IFREG|0644, ...}, 0) = 0',
  'open("/b", O_RDONLY <unfinished ...>',
  '<... open resumed>) = 3</b>',
  'execve("/c", ["c"], 0x7ffd /* 3 vars */ <pid changed to 7 ...>',
  '+++ superseded by execve in pid 8 +++',
  '<... execve resumed>) = -1 (errno 18446744073709551595)',
  'clone(child_stack=NULL, flags=CLONE_VM|CLONE_FS, child_tidptr=0x7f) = 8',
  'clone3({flags=CLONE_FS, stack_size=0x1} => {parent_tid=[9]}, 88) = 9',
  'vfork( <unfinished ...>',
  '<... vfork resumed>) = 10',
  'chdir("../sub") = 0',
  'fchdir(3</real>) = 0',
  'getcwd("/got", 4096) = 5',
  'chroot("/jail") = 0',
  'access("rel", F_OK) = 0',
  'getdents64(3</d>, 0x7f /* 2 entries */, 32768) = 48',
  'connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/s"}, 9) = 0',
  'sendmsg(3, {msg_name={sa_family=AF_UNIX, sun_path=@"a"}, msg_iov=[{iov_base="q\\"", iov_len=2}]}, 0) = 2',
  'openat2(AT_FDCWD</w>, "/e", {flags=O_RDONLY, resolve=0}, 24) = 3</e>',
  'rename("/f", "/g") = 0',
  'exit_group(0) = ?',
  '+++ exited with 0 +++',
  '--- SIGCHLD {si_signo=SIGCHLD} ---',
  'io_uring_setup(8, {}) = 3',
];
const PIECES = [
  '\n',
  '"',
  '\\',
  '<',
  '>',
  '(',
  ')',
  ',',
  '{',
  '[',
  '...',
  '\0',
  '\u00ff',
  '7 ',
  '8 ',
  '99999999999 ',
  '/',
  '..',

  ' = 0',
  ' = 3</x>',
  ') = 0\n',
  ' <unfinished ...>',
  '<... open resumed>',
  '\\777',
  '"...',
  '/*',
  'AT_FDCWD</',

  ' (deleted)',
  '(deleted)',
  ' = ?',
  '-1 ENOENT',
  'O_PATH',
  'sun_path="',
  'CLONE_FS',
  '+++ superseded by execve in pid 7 +++',
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  dropped: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 40 })),
  put: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    fc.constantFrom(...CORPUS.map((line) => `\n7 ${line}\n`)),
    fc.constant(''),
    fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  ),
});
const corpusTrace = fc.array(
  fc.record({ line: fc.constantFrom(...CORPUS), id: fc.integer({ min: 7, max: 10 }) }),
  {
    maxLength: 40,
  },
);

function mutated(text: string, mutations: readonly { at: number; dropped: number; put: string }[]): string {
  let result = text;
  for (const { at, dropped, put } of mutations) {
    const index = Math.floor(at * result.length);
    result = result.slice(0, index) + put + result.slice(index + dropped);
  }
  return result;
}

/** Every line that names `/gone…` says that it is not there. */
function isGone(text: string, path: string): boolean {
  const lines = text.split('\n').filter((line) => line.includes(path));
  return lines.every(
    (line) => line.endsWith('= -1 ENOENT (No such file or directory)') && !line.includes(`<${path}`),
  );
}

describe('a damaged trace', () => {
  it(`gives an answer, within its limits: ${RUNS} times from seed ${SEED}`, TIMEOUT, () => {
    const limits = {
      ...TRACE_LIMITS,
      paths: 12,
      pathUnits: 400,
      tasks: 4,
      pendingUnits: 600,
      lineBytes: 300,
    };
    const property = fc.property(
      corpusTrace,
      fc.array(mutation, { maxLength: 8 }),
      fc.boolean(),
      (lines, mutations, isLimited) => {
        const whole = [
          '7 execve("/bin/x", ["x"], 0x7ffc /* 3 vars */) = 0',
          ...lines.map(({ line, id }) => `${id} ${line}`),
          '',
        ];
        const text = mutated(whole.join('\n'), mutations);
        const bytes = Buffer.from(text, 'latin1');
        const spent: { observation?: Observation } = {};
        const ms = cpuMs(() => void (spent.observation = read(bytes, isLimited ? limits : TRACE_LIMITS)));
        expect(ms).toBeLessThan(CPU_LIMIT_MS);
        const { found, missed, refused, sockets, gaps, started } = spent.observation as Observation;
        const paths = [...found.keys(), ...missed, ...refused, ...sockets];
        if (isLimited) {
          expect(Math.max(found.size, missed.size, refused.size, sockets.size)).toBeLessThanOrEqual(
            limits.paths,
          );
          expect(paths.join('').length).toBeLessThanOrEqual(limits.pathUnits);
        }
        if (!started) expect(paths).toEqual([]);
        for (const path of paths) expect(path).toMatch(/^\/(?!.*\/\/)[^\0]*$/su);
        for (const path of found.keys())
          if (path.startsWith('/gone')) expect([path, isGone(text, path)]).toEqual([path, false]);
        expect(gaps.length).toBeLessThan(16);
      },
    );
    fc.assert(property, { numRuns: RUNS, seed: SEED });
  });
});

describe('a trace of megabytes', () => {
  const start = '7 execve("/bin/x", ["x"], 0x1) = 0\n';
  const times = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  const MEGABYTE = 1024 ** 2;

  it.each<[string, () => string]>([
    ['one line', () => `7 execve("/a", ["${'x'.repeat(16 * MEGABYTE)}"], 0x1) = 0\n`],
    ['one line that does not end', () => `7 open("${'\\"'.repeat(8 * MEGABYTE)}`],
    ['empty lines', () => '\n'.repeat(4 * MEGABYTE)],
    ['brackets', () => `7 open(${'[{('.repeat(4 * MEGABYTE)}\n`],
    ['lines of brackets', () => times(200, () => `7 open(${'<[{("'.repeat(20_000)}\n`)],
    ['descriptors that do not end', () => times(200, () => `7 open(${'3<'.repeat(50_000)}\n`)],
    ['comments that do not end', () => times(200, () => `7 open(${'/*'.repeat(50_000)}\n`)],
    ['blanks', () => times(200, () => `7 open()${' '.repeat(100_000)}\n`)],
    ['marks of halves', () => times(200, () => `7 open(${' <pid changed to 7 ...>'.repeat(4000)} \n`)],
    ['escapes', () => times(200, () => `7 open("${'\\1'.repeat(50_000)}", O_RDONLY) = 3\n`)],
    ['processes', () => times(200_000, (index) => `${index} open("/${index}", O_RDONLY <unfinished ...>\n`)],
    ['children', () => times(200_000, (index) => `${7 + index} clone(flags=CLONE_FS) = ${index}\n`)],
    ['paths', () => times(300_000, (index) => `7 open("/some/where/${index}", O_RDONLY) = 3\n`)],
    ['ever deeper directories', () => times(100_000, () => '7 chdir("a/b") = 0\n')],
    [
      'ways up',
      () => times(20_000, () => `7 open("${'../'.repeat(1300)}", O_RDONLY) = 3\n`).slice(0, 16 * MEGABYTE),
    ],
    ['sockets', () => times(100, () => `7 sendmmsg(3, [${'sun_path="/a", '.repeat(8000)}], 1) = 0\n`)],
    ['flags', () => times(200, () => `7 openat(AT_FDCWD</>, "/a", ${'O_X|'.repeat(30_000)}O_PATH) = 3\n`)],
  ])('takes time by its size: %s', (_, write) => {
    const bytes = Buffer.from(start + write(), 'latin1');
    const perMegabyte = cpuMs(() => void read(bytes)) / Math.max(1, bytes.length / MEGABYTE);
    expect(perMegabyte).toBeLessThan(CPU_LIMIT_MS);
  });
});
