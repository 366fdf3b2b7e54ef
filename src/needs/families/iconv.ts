import { needFamily } from '../need-family.ts';
import { hasLanguage } from '../program-kinds.ts';

const CHARSETS = [
  'SHIFT_JIS',
  'ISO-8859-1',
  'ISO8859-1',
  'UTF-16',
  'KOI8-R',
  'GB18030',
  'EUC-JP',
  '//TRANSLIT',
  'CP1252',
  'WINDOWS-1252',
];

const gconvOf = (machine: string): string => `/usr/lib/${machine}-linux-gnu/gconv`;

const FAILURE = 'iconv_open fails with EINVAL for all but UTF-8, UCS-2, UCS-4, WCHAR_T and ASCII';

/** Character sets: glibc loads a module for each; musl has them built in. */
export const iconv = needFamily({
  need: 'iconv',
  signatures: [
    {
      find: 'symbol',
      anyOf: ['iconv_open'],
      when: (facts) => facts.libc === 'glibc' && !(facts.link !== 'dynamic' && hasLanguage(facts, 'c++')),
      level: 'possible',
    },
  ],
  asks: CHARSETS,
  decide: (found, context) => {
    const charset = CHARSETS.find((name) => context.hasString(name));
    if (charset === undefined) return { level: 'possible' };
    return { level: 'likely', evidence: `${found.evidence}, beside "${charset}"`, details: { charset } };
  },
  failure: ({ program }) =>
    program.link === 'dynamic' ? FAILURE : `${FAILURE}; modules of another glibc end the program with SIGFPE`,
  fix: ({ program }) =>
    program.link === 'dynamic'
      ? `the gconv directory of the same glibc (8.2 MB): --add ${gconvOf('x86_64')}:${gconvOf('x86_64')}`
      : 'the gconv directory, libc.so.6 and the dynamic loader of the same glibc; better: link with musl, whose tables are built in',
  sizeBytes: 8_200_000,
  places: () =>
    ['x86_64', 'aarch64'].flatMap((machine) => [
      `${gconvOf(machine)}/gconv-modules`,
      `${gconvOf(machine)}/gconv-modules.cache`,
    ]),
  forTheUser: true,
});
