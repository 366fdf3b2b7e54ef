import { hasLanguage, isGo, type NeedContext, type NeedRow } from '../need-row.ts';

const HANDLERS = [
  'sigaction',
  'signal',
  '__sysv_signal',
  'bsd_signal',
  'sigset',
  'signalfd',
  'sigwait',
  'sigwaitinfo',
  'sigtimedwait',
  'ev_signal_start',
  'uv_signal_start',
  'event_base_loop',
];
const WAITS = ['wait', 'waitpid', 'wait3', 'wait4', 'waitid'];
const hasAny = (context: NeedContext, names: readonly string[]): boolean =>
  names.some((name) => context.hasSymbol(name));

/** What being the first process of a container changes, and what a process has around it. */
export const processRows: readonly NeedRow[] = [
  {
    need: 'signal-handler',
    signatures: [
      {
        find: 'import',
        anyOf: ['listen', 'accept', 'accept4', 'epoll_wait', 'pause'],
        when: (facts) => !isGo(facts) && !hasLanguage(facts, 'rust'),
        level: 'likely',
        inLibraries: 'no',
      },
    ],
    failure: 'as PID 1 it ignores SIGTERM: `docker stop` waits 10 s and kills it',
    fix: 'handle SIGTERM, or run with --init',
    decide: (found, context) =>
      hasAny(context, HANDLERS)
        ? null
        : { level: found.level, evidence: `${found.evidence} and installs no signal handler` },
  },
  {
    need: 'init',
    signatures: [
      {
        find: 'import',
        anyOf: ['fork', 'vfork', 'posix_spawn', 'posix_spawnp', 'daemon'],
        when: (facts) => !isGo(facts),
        level: 'possible',
        inLibraries: 'no',
      },
    ],
    failure: 'children whose parent has ended stay as zombies: nobody waits for them',
    fix: 'run with --init, or call waitpid(-1, …)',
    decide: (found, context) =>
      hasAny(context, WAITS) ? null : { level: found.level, evidence: `${found.evidence} and never waits` },
  },
  {
    need: 'home',
    signatures: [
      {
        find: 'go-function',
        anyOf: ['os.UserHomeDir', 'os.UserCacheDir', 'os.UserConfigDir'],
        level: 'possible',
      },
    ],
    failure: '$HOME is not defined, or HOME=/ that an ordinary user cannot write',
    fix: '--env HOME=/home/nonroot, with a volume mounted there',
  },
  {
    need: 'proc',
    signatures: [{ find: 'go-function', anyOf: ['os.Executable'], level: 'possible' }],
    failure: 'readlink /proc/self/exe: no such file or directory, in a bare chroot',
    fix: 'nothing under a container runtime, which mounts /proc',
  },
  {
    need: 'shared-memory',
    signatures: [
      {
        find: 'symbol',
        anyOf: ['shm_open', 'sem_open', 'openpty', 'forkpty', 'posix_openpt'],
        level: 'possible',
      },
    ],
    failure: 'ENOENT in a bare chroot: no /dev/shm, no /dev/ptmx',
    fix: 'nothing under a container runtime, which makes /dev/shm and /dev/pts',
  },
];
