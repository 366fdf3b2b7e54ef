import { hasLanguage, isDynamic, type NeedContext, type NeedRow } from '../need-row.ts';

/** The locale that the environment asks for by glibc's order; null for `C`, `POSIX` and none. */
export function localeNamedBy(env: Readonly<Record<string, string>>): string | null {
  const name = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return name === undefined || name === 'C' || name === 'POSIX' ? null : name;
}

const isGlibc = ({ program }: NeedContext): boolean => program.libc === 'glibc';

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

/** Locales and character sets: glibc reads both from files; musl has UTF-8 and its own tables. */
export const localeRows: readonly NeedRow[] = [
  {
    need: 'locale',
    signatures: [
      {
        find: 'import',
        anyOf: ['setlocale', 'newlocale', '_ZNSt6localeC1EPKc'],
        when: (facts) => facts.libc === 'glibc',
        level: 'possible',
        inLibraries: 'no',
      },
      // setlocale is in every static glibc program, so only a name that the program asks for means something.
      {
        find: 'string',
        anyOf: ['C.UTF-8', 'C.utf8', 'en_US.UTF-8'],
        when: (facts) => facts.libc === 'glibc' && !isDynamic(facts),
        level: 'possible',
      },
    ],
    failure:
      'setlocale returns NULL: text is ASCII, multibyte functions fail, C++ std::locale("") throws (exit 134)',
    fix: ({ env }) =>
      `/usr/lib/locale/C.utf8 (359,000 bytes) with LANG=C.UTF-8${localeNamedBy(env) === null ? ', or leave LANG unset' : ''}, or link with musl`,
    sizeBytes: 359_000,
    decide: (found, context) => {
      const locale = localeNamedBy(context.env);
      if (locale === null || !isGlibc(context)) return { level: 'possible' };
      return {
        level: 'certain',
        evidence: `${found.evidence}; the environment asks for ${locale}`,
        details: { locale },
      };
    },
  },
  {
    need: 'iconv',
    signatures: [
      {
        find: 'symbol',
        anyOf: ['iconv_open'],
        when: (facts) => facts.libc === 'glibc' && !(facts.link !== 'dynamic' && hasLanguage(facts, 'c++')),
        level: 'possible',
      },
    ],
    failure: ({ program }) =>
      program.link === 'dynamic'
        ? 'iconv_open fails with EINVAL for all but UTF-8, UCS-2, UCS-4, WCHAR_T and ASCII'
        : 'iconv_open fails with EINVAL for all but UTF-8, UCS-2, UCS-4, WCHAR_T and ASCII; modules of another glibc end the program with SIGFPE',
    fix: ({ program }) =>
      program.link === 'dynamic'
        ? 'the gconv directory of the same glibc (8.2 MB): --add /usr/lib/x86_64-linux-gnu/gconv:/usr/lib/x86_64-linux-gnu/gconv'
        : 'the gconv directory, libc.so.6 and the dynamic loader of the same glibc; better: link with musl, whose tables are built in',
    sizeBytes: 8_200_000,
    asks: CHARSETS,
    decide: (found, context) => {
      const charset = CHARSETS.find((name) => context.hasString(name));
      if (charset === undefined) return { level: 'possible' };
      return { level: 'likely', evidence: `${found.evidence}, beside "${charset}"`, details: { charset } };
    },
  },
];
