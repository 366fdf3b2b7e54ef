import type { PlannedRun } from './sandbox-runner.ts';

export const ARGUMENTS = ['a word', '', 'with "quotes" and $dollar', 'ünïcödé'];

/** Everything that is run in each sandbox, by the name under which the tests look at what came of it. */
export function planRuns(
  root: string,
  mounts: {
    readonly secret: string;
    readonly open: string;
    /** A folder in which `link` leads to /out, and `host` to `open`, by their absolute paths. */
    readonly links: string;
    readonly hasCrossCompiler: boolean;
  },
): Readonly<Record<string, PlannedRun>> {
  const base: PlannedRun['request'] = {
    root,
    argv: [],
    env: {},
    cwd: '/',
    uid: 65532,
    gid: 65532,
    readOnlyRoot: true,
    network: 'none',
    mounts: [],
    // None of these is about time, where it does not say so: a busy machine may take long to start four at once.
    timeoutMs: 6e4,
    stdio: { kind: 'capture' },
    limits: {
      processes: 40,
      memoryBytes: 512 * 1024 * 1024,
    },
  };
  const run = (argv: readonly string[], request: Partial<PlannedRun['request']> = {}): PlannedRun => {
    return { request: { ...base, argv, ...request } };
  };
  const program = (...args: readonly string[]): PlannedRun => run(['/program', ...args]);
  const bind = [
    { source: mounts.secret, target: '/data/secret', readOnly: true },
    { source: mounts.open, target: '/data/open', readOnly: false },
  ];
  const http = (path: string) =>
    ({ kind: 'http', url: `http://127.0.0.1:8080${path}`, timeoutMs: 10_000 }) as const;
  return {
    hello: program('hello'),
    arguments: program('argv', ...ARGUMENTS),
    'exit 0': program('exit', '0'),
    'exit 1': program('exit', '1'),
    'exit 126': program('exit', '126'),
    'exit 127': program('exit', '127'),
    'exit 255': program('exit', '255'),
    crash: program('signal', '11'),
    'speaks for the tool': program('complain'),
    killed: { ...program('hang'), kill: 'SIGKILL' },
    'prints 250000': program('print', '250000'),
    'prints endlessly': run(['/program', 'endless'], { timeoutMs: 1500, outputLimitBytes: 1000 }),
    hangs: run(['/program', 'hang'], { timeoutMs: 500 }),
    'forks endlessly': run(['/program', 'bomb', mounts.secret], { timeoutMs: 1500 }),
    'forks counted': run(['/program', 'forks']),
    aborted: { ...program('hang'), abortAfterMs: 400 },
    'reads the host': program(
      'cat',
      mounts.secret,
      `/proc/1/root${mounts.secret}`,
      `/proc/self/cwd${mounts.secret}`,
      `../../../..${mounts.secret}`,
    ),
    'lists descriptors': program('list', '/proc/self/fd'),
    'lists processes': program('list', '/proc'),
    'lists /': program('list', '/'),
    'lists /dev': program('list', '/dev'),
    'no environment': program('env'),
    environment: run(['/program', 'env'], { env: { A: '1', HOME: '/x', EMPTY: '', B: 'two words=2' } }),
    who: run(['/program', 'who'], { uid: 1234, gid: 4321, cwd: '/bin', hostname: 'box' }),
    'who as root': run(['/program', 'who'], { uid: 0, gid: 0 }),
    status: program('cat', '/proc/self/status'),
    'status as root': run(['/program', 'cat', '/proc/self/status'], { uid: 0, gid: 0 }),
    'remounts as root': run(['/program', 'remount'], { uid: 0, gid: 0 }),
    'system request as root': run(['/program', 'write', '/proc/sysrq-trigger'], { uid: 0, gid: 0 }),
    'writes to a read-only root': run(['/program', 'write', '/new'], { uid: 0, gid: 0 }),
    'writes to /dev/shm': program('write', '/dev/shm/x'),
    'writes to /dev/null': program('write', '/dev/null'),
    'opens /dev/stdout': program('write', '/dev/stdout'),
    'opens /dev/stderr': program('write', '/dev/stderr'),
    'writes to a writable root': run(['/program', 'write', '/out/new'], {
      uid: 0,
      gid: 0,
      readOnlyRoot: false,
    }),
    stdin: run(['/program', 'stdin'], { stdio: { kind: 'capture', stdin: 'one\ntwo\n' } }),
    'no stdin': program('stdin'),
    'unread stdin': run(['/program', 'hello'], { stdio: { kind: 'capture', stdin: 'x'.repeat(1_000_000) } }),
    interfaces: program('interfaces'),
    'interfaces of the host': run(['/program', 'interfaces'], { network: 'host' }),
    'hosts of the host': run(['/program', 'cat', '/etc/hosts'], { network: 'host' }),
    hosts: run(['/program', 'cat', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf'], { hostname: 'box' }),
    'first port of users': program('cat', '/proc/sys/net/ipv4/ip_unprivileged_port_start'),
    'http answer': { ...program('http'), probe: http('/ready'), kill: 'SIGTERM' },
    'http other answer': { ...program('http'), probe: http('/other'), kill: 'SIGTERM' },
    'deaf server': {
      ...run(['/program', 'deaf'], { timeoutMs: 10_000 }),
      probe: http('/ready'),
      kill: 'SIGTERM',
    },
    'tcp answer': {
      ...program('tcp'),
      probe: { kind: 'tcp', host: '127.0.0.1', port: 8080, timeoutMs: 10_000 },
      kill: 'SIGTERM',
    },
    'server that ends': { ...program('exit', '3'), probe: http('/ready') },
    'server that never answers': {
      ...program('hang'),
      probe: { ...http('/ready'), timeoutMs: 300 },
      kill: 'SIGKILL',
    },
    'name in PATH': run(['tool', 'hello'], { env: { PATH: '/nowhere:/bin' } }),
    'name not in PATH': run(['tool', 'hello'], { env: { PATH: '/nowhere' } }),
    missing: run(['/absent']),
    'a directory': run(['/bin']),
    'not executable': run(['/not-executable']),
    'no interpreter': run(['/dynamic', 'hello']),
    'no script interpreter': run(['/script']),
    'interpreter below a file': run(['/below-a-file']),
    'a script interpreter without x': run(['/closed-script']),
    'a damaged ELF file': run(['/damaged']),
    'no folder': run(['/program', 'hello'], { cwd: '/text' }),
    script: run(['/static-script']),
    text: run(['/text']),
    empty: run(['/empty']),
    'no command': run([]),
    'other machine': run([mounts.hasCrossCompiler ? '/arm' : '/program', 'who']),
    'other working directory': run(['/program', 'who'], { cwd: '/made/for/it' }),
    mounts: run(['/program', 'cat', '/data/secret'], { mounts: bind }),
    'writes to a mount': run(['/program', 'write', '/data/open/new'], { mounts: bind, uid: 0, gid: 0 }),
    'writes to a read-only mount': run(['/program', 'write', '/data/secret'], {
      mounts: bind,
      uid: 0,
      gid: 0,
    }),
    'mounts through a link of a mount': run(['/program', 'hello'], {
      mounts: [
        { source: mounts.links, target: '/data', readOnly: false },
        { source: mounts.open, target: '/data/link', readOnly: false },
      ],
    }),
    'mounts through a link to the host': run(['/program', 'hello'], {
      mounts: [
        { source: mounts.links, target: '/data', readOnly: false },
        { source: mounts.open, target: '/data/host', readOnly: false },
      ],
    }),
    'mounts on the root': run(['/program', 'hello'], {
      mounts: [{ source: mounts.open, target: '/', readOnly: true }],
    }),
    'absent mount source': run(['/program', 'hello'], {
      mounts: [{ source: '/absent', target: '/data', readOnly: true }],
    }),
  };
}
