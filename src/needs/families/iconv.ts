import { confirmed, type ImageInUse, OPEN, type Ruling } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { firstFile } from '../places.ts';
import { hasLanguage, isDynamic } from '../program-kinds.ts';

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

function checkModules({ tree, program }: ImageInUse): Ruling {
  if (program !== null && program.libc !== 'glibc') return OPEN;
  if (program !== null && !isDynamic(program))
    return confirmed('it is a static glibc program, which has only UTF-8, UCS-2, UCS-4 and ASCII');
  const folders = ['/usr/lib64/gconv', ...tree.list('/usr/lib').map((name) => `/usr/lib/${name}/gconv`)];
  const found = firstFile(
    tree,
    folders.flatMap((folder) => [`${folder}/gconv-modules`, `${folder}/gconv-modules.cache`]),
  );
  return found === null ? confirmed('the image has no gconv modules') : OPEN;
}

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
  causes: [
    {
      cause: 'no-character-sets',
      title: 'glibc has no converter (gconv module) for this character set in the image',
      check: checkModules,
      command: () => 'find . -path "*gconv/gconv-modules*"',
      fixes: [
        'add the gconv folder of that very glibc: `morsel build PROGRAM --add /usr/lib/x86_64-linux-gnu/gconv:/usr/lib/x86_64-linux-gnu/gconv`',
        'a static glibc program cannot load them: link with musl, whose tables are built in, or dynamically',
        'install what has them: libc-bin or libc6 (Debian), glibc-gconv-extra (Fedora, UBI), gnu-libiconv (Alpine)',
      ],
    },
  ],
  texts: [
    {
      name: 'iconv_open: the character set is not known',
      match:
        /iconv_open[^\n]*: Invalid argument|iconv_open\(\)?[^\n]*(?:failed|EINVAL)|iconv: (?:conversion (?:from|to)|failed to start conversion)[^\n]*|iconv\(\): Wrong (?:encoding|charset), conversion from|Conversion from character set [^\n]* is not supported/,
      causes: ['no-character-sets'],
      by: 'libc',
    },
  ],
});
