import { needFamily } from '../need-family.ts';
import { hasLanguage, isGo } from '../program-kinds.ts';

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

/** What the first process of a container must do by itself: the kernel ignores a SIGTERM that it has no handler for. */
export const signalHandler = needFamily({
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
  decide: (found, { hasSymbol }) =>
    HANDLERS.some(hasSymbol)
      ? null
      : { level: found.level, evidence: `${found.evidence} and installs no signal handler` },
  failure: 'as PID 1 it ignores SIGTERM: `docker stop` waits 10 s and kills it',
  fix: 'handle SIGTERM, or build with --init, which puts a small init before it, as docker run --init does',
  forTheUser: true,
});
