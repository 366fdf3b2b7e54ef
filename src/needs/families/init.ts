import { needFamily } from '../need-family.ts';
import { isGo } from '../program-kinds.ts';

const WAITS = ['wait', 'waitpid', 'wait3', 'wait4', 'waitid'];

/** A process that waits for orphans, as the first process of a system does. */
export const init = needFamily({
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
  decide: (found, { hasSymbol }) =>
    WAITS.some(hasSymbol) ? null : { level: found.level, evidence: `${found.evidence} and never waits` },
  failure: 'children whose parent has ended stay as zombies: nobody waits for them',
  fix: 'morsel build --init puts a small init before it, as docker run --init does; or call waitpid(-1, …)',
});
