import { findByName } from '../find-by-name.ts';
import { type Ruling, confirmed, type ImageInUse, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { reasonOf } from '../supply.ts';

const LIBRARY = 'libgcc_s.so.1';
const DEBIAN = `/lib/x86_64-linux-gnu/${LIBRARY}`;

function checkLibrary({ tree, program }: ImageInUse): Ruling {
  if (program !== null && program.link !== 'dynamic') return ruledOut('the program is static');
  const found = findByName(tree, LIBRARY);
  return found === null
    ? confirmed(`no ${LIBRARY} in the image, which no DT_NEEDED asks for`)
    : ruledOut(found);
}

/** GCC's run-time library, which glibc opens to unwind a thread's stack: no DT_NEEDED names it. */
export const libgccS = needFamily({
  need: 'libgcc_s',
  signatures: [
    {
      find: 'import',
      anyOf: ['pthread_exit', 'pthread_cancel', 'backtrace'],
      when: (facts) => facts.libc === 'glibc',
      level: 'likely',
    },
  ],
  decide: (found, { loaded, program }) =>
    loaded.has(LIBRARY) || program.libc !== 'glibc' ? null : { level: found.level },
  failure: ({ hasSymbol }) =>
    hasSymbol('pthread_exit') || hasSymbol('pthread_cancel')
      ? 'libgcc_s.so.1 must be installed for pthread_exit to work (exit 134)'
      : 'backtrace() returns no frames',
  fix: 'libgcc_s.so.1 (125,312 bytes) beside the libraries',
  sizeBytes: 125_312,
  paths: [/\/libgcc_s\.so\.1$/],
  brings: `\`${LIBRARY}\` beside the other libraries`,
  places: () => [DEBIAN, `/usr/lib/${LIBRARY}`, `/lib/aarch64-linux-gnu/${LIBRARY}`, `/usr/lib64/${LIBRARY}`],
  supply: (need, { dynamic }) =>
    dynamic ? { libraries: [{ name: LIBRARY, reason: reasonOf(need) }] } : null,
  causes: [
    {
      cause: 'libgcc-missing',
      title:
        'glibc opens libgcc_s.so.1 at run time for pthread_exit and pthread_cancel, and it is not in the image',
      check: checkLibrary,
      command: () => `find . -name ${LIBRARY}`,
      fixes: [
        `add it: \`morsel build PROJECT --add ${DEBIAN}:${DEBIAN}\`, where it is not added by itself`,
        'apt-get install libgcc-s1, or the base distroless/cc',
      ],
    },
  ],
  texts: [
    {
      name: 'glibc: libgcc_s',
      match: /libgcc_s\.so\.1 must be installed for pthread_(?:exit|cancel) to work/,
      causes: ['libgcc-missing'],
      by: 'libc',
    },
  ],
});
