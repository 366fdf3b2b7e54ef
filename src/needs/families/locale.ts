import { compareBytes } from '../../core/compare-bytes.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { type Ruling, confirmed, type ImageInUse, OPEN, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isFile } from '../places.ts';
import { isDynamic } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

const LOCALES = '/usr/lib/locale';
const C_UTF8 = `${LOCALES}/C.utf8`;

/** The locale that the environment asks for by glibc's order; null for `C`, `POSIX` and none. */
export function localeNamedBy(env: Readonly<Record<string, string>>): string | null {
  const name = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return name === undefined || name === 'C' || name === 'POSIX' ? null : name;
}

function decide(found: FoundEvidence, { env, program }: NeedContext): Decision {
  const locale = localeNamedBy(env);
  if (locale === null || program.libc !== 'glibc') return { level: 'possible' };
  return {
    level: 'certain',
    evidence: `${found.evidence}; the environment asks for ${locale}`,
    details: { locale },
  };
}

/** C.UTF-8 is a directory of its own on Debian; other locales are made by localedef and are the user's choice. */
const supply: Supplier = (need, { host }) => {
  const locale = need.details?.['locale'] ?? '';
  if (!/^C\.utf-?8$/i.test(locale)) {
    return missing(
      `the environment asks for the locale ${locale}`,
      `use LANG=C.UTF-8 (359 kB, supplied), or add a compiled locale: --add ${LOCALES}/NAME:${LOCALES}/NAME`,
    );
  }
  const files = listFiles(host, C_UTF8).map((path) => hostFile(host, path, path, need));
  return files.length === 0
    ? missing(`the build machine has no ${C_UTF8}`, 'apt-get install libc-bin')
    : entries(...files);
};

function listFiles(host: FileTree, directory: string): readonly string[] {
  const paths = [...host.list(directory)].sort(compareBytes).map((name) => `${directory}/${name}`);
  return paths.flatMap((path) =>
    host.resolve(path)?.entry.kind === 'directory' ? listFiles(host, path) : [path],
  );
}

function checkLocale({ tree, env }: ImageInUse): Ruling {
  const locale = env['LC_ALL'] ?? env['LANG'];
  if (locale === undefined || /^(C|POSIX|)$/.test(locale)) return OPEN;
  const known = [locale, locale.replace(/\.UTF-8$/i, '.utf8')].some(
    (name) => tree.resolve(`${LOCALES}/${name}`) !== null,
  );
  return known || isFile(tree, `${LOCALES}/locale-archive`)
    ? ruledOut(`${LOCALES} has locales`)
    : confirmed(`the environment asks for ${locale}, and ${LOCALES} does not have it`);
}

/** Of what the environment names: `checkLocale` says whether the image has it. */
function checkUtf8({ env }: ImageInUse): Ruling {
  const locale = localeNamedBy(env);
  return locale === null
    ? confirmed('neither LC_ALL, LC_CTYPE nor LANG names a locale')
    : /utf-?8/i.test(locale)
      ? ruledOut(`the environment asks for ${locale}`)
      : confirmed(`the environment asks for ${locale}, which is not UTF-8`);
}

/** Locales: glibc reads them from files; musl has UTF-8 and its own tables. */
export const locale = needFamily({
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
  decide,
  failure:
    'setlocale returns NULL: text is ASCII, multibyte functions fail, C++ std::locale("") throws (exit 134)',
  fix: ({ env }) =>
    `${C_UTF8} (359,000 bytes) with LANG=C.UTF-8${localeNamedBy(env) === null ? ', or leave LANG unset' : ''}, or link with musl`,
  sizeBytes: 359_000,
  places: () => [`${C_UTF8}/LC_CTYPE`],
  supply,
  causes: [
    {
      cause: 'no-locale',
      title: 'the environment asks for a locale that the image does not have',
      check: checkLocale,
      fixes: [
        'leave LANG and LC_ALL unset',
        `take C.UTF-8: \`morsel build PROJECT --env LANG=C.UTF-8\`, which adds ${C_UTF8} (359 kB)`,
      ],
    },
    {
      cause: 'no-utf8-locale',
      title: 'the program wants a UTF-8 locale, and runs in the C locale (ANSI_X3.4-1968 is ASCII)',
      check: checkUtf8,
      fixes: [
        `set LANG=C.UTF-8, and have it in the image: \`morsel build PROJECT --env LANG=C.UTF-8\` adds ${C_UTF8} (359 kB)`,
        'in a Dockerfile: ENV LANG=C.UTF-8; Debian has it in libc-bin, Alpine needs no file',
      ],
    },
  ],
  texts: [
    {
      name: 'a UTF-8 locale is asked for',
      match:
        /need UTF-8 locale|ANSI_X3\.4-1968|(?:requires?|needs?) a UTF-8 (?:native )?(?:locale|environment)|unsupported locale setting|was configured to use ASCII as encoding|Ruby[^\n]*US-ASCII|invalid byte sequence in US-ASCII/i,
      causes: ['no-utf8-locale', 'no-locale'],
    },
    {
      name: 'C++: std::locale',
      match:
        /locale::facet::_S_create_c_locale name not valid|cannot change locale|Setting locale failed|Cannot set LC_\w+ to default locale|setlocale: LC_\w+: cannot/,
      causes: ['no-locale'],
    },
  ],
});
