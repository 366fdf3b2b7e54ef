import { compareDotted } from '../../elf/index.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { needFamily } from '../need-family.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { missing, reasonOf, type Supplier } from '../supply.ts';
import { hostDirectory } from '../supply-directory.ts';

type Language = 'python' | 'perl' | 'ruby';

/** A variable that only the interpreter reads, and the library that it may be in. */
const VARIABLES: Readonly<Record<Language, string>> = {
  python: 'PYTHONHASHSEED',
  perl: 'PERL5LIB',
  ruby: 'RUBYLIB',
};
const LANGUAGES = Object.keys(VARIABLES) as readonly Language[];
const INTERPRETERS = /^lib(?:python|perl|ruby)/;

const PACKAGES: Readonly<Record<Language, string>> = {
  python: 'apt-get install libpython3-stdlib',
  perl: 'apt-get install perl-modules-5.36 (perl-modules-5.40 on Debian 13)',
  ruby: 'apt-get install libruby',
};

/** Tests, editors, what compiles extensions, and what is made anew: none of it is loaded by a program. */
const LEFT_OUT =
  /\/(?:__pycache__|test|tests|idlelib|turtledemo|ensurepip|lib2to3|tkinter|config-[\w.-]+|pod|CORE|unicore\/(?:Name|TestProp)[\w.]*|auto\/share)$|\.(?:a|h|pod|pl\.in)$/;

function decide(found: FoundEvidence, context: NeedContext): Decision | null {
  const language = LANGUAGES.find((one) => found.evidence.includes(VARIABLES[one]));
  if (language === undefined) return null;
  const version = language === 'python' ? pythonVersion(context) : null;
  return { level: found.level, details: { language, ...(version !== null && { version }) } };
}

function pythonVersion({ loaded, textsFrom, program }: NeedContext): string | null {
  const byName = /\/python(3\.\d+)$/.exec(program.path)?.[1];
  if (byName !== undefined) return byName;
  const linked = [...loaded].flatMap((name) => /^libpython(3\.\d+)/.exec(name)?.[1] ?? []);
  const named = textsFrom(/python3\.\d+/g).flatMap(({ text }) => /^python(3\.\d+)/.exec(text)?.[1] ?? []);
  return linked[0] ?? named[0] ?? null;
}

const newest = (folders: readonly string[]): string | undefined =>
  folders
    .map((path) => path.slice('/usr/lib/python'.length))
    .sort(compareDotted)
    .at(-1);

/** Its directories on this machine. */
function foldersOf(host: FileTree, language: Language, version: string | undefined): readonly string[] {
  const inFolder = (folder: string, name: RegExp): readonly string[] =>
    host
      .list(folder)
      .filter((entry) => name.test(entry))
      .map((entry) => `${folder}/${entry}`);
  const multiarch = inFolder('/usr/lib', /^\w+-linux-\w+$/);
  switch (language) {
    case 'python': {
      const all = inFolder('/usr/lib', /^python3\.\d+$/);
      return version === undefined
        ? all.filter((path) => path === `/usr/lib/python${newest(all)}`)
        : all.filter((path) => path.endsWith(`/python${version}`));
    }
    case 'perl':
      return [
        ...inFolder('/usr/share/perl', /^5\.\d+$/),
        ...multiarch.flatMap((folder) => [...inFolder(`${folder}/perl`, /^5\.\d+$/), `${folder}/perl-base`]),
      ].filter((path) => host.list(path).length > 0);
    case 'ruby':
      return [
        ...inFolder('/usr/lib/ruby', /^(?:\d+\.\d+\.\d+|vendor_ruby)$/),
        ...multiarch.flatMap((folder) => inFolder(`${folder}/ruby`, /^\d+\.\d+\.\d+$/)),
      ];
  }
}

/** Modules that are libraries are loaded, and bring those that they need. */
const supply: Supplier = (need, { host, dynamic }) => {
  const language = LANGUAGES.find((one) => one === need.details?.['language']);
  if (language === undefined)
    return missing(
      'it is not known whose library the program wants: its bytes name neither Python nor Perl nor Ruby',
      'add it by its folder: --add /usr/lib/python3:/usr/lib/python3',
    );
  const files = foldersOf(host, language, need.details?.['version']).flatMap((folder) =>
    hostDirectory(host, folder, need, (path) => !LEFT_OUT.test(path)),
  );
  if (files.length === 0)
    return missing(`the build machine has no library of ${language}`, PACKAGES[language]);
  const isLoaded = ({ path }: { readonly path: string }): boolean => dynamic && path.endsWith('.so');
  return {
    entries: files.filter((file) => !isLoaded(file)),
    libraries: files
      .filter(isLoaded)
      .map(({ path }) => ({ name: path, reason: reasonOf(need), isRequired: false })),
  };
};

/**
 * The library of an interpreter that is the program, or is in it. Which modules a job loads the control run shows, and those
 * are packed; all of them (25 to 40 MB) are for whoever asks.
 */
export const interpreterLibraries = needFamily({
  need: 'interpreter-libraries',
  signatures: LANGUAGES.map((language) => ({
    find: 'string' as const,
    anyOf: [`\0${VARIABLES[language]}\0`],
    level: 'possible' as const,
    inLibraries: INTERPRETERS,
  })),
  decide,
  failure:
    'Python: No module named encodings; Perl: Can’t locate strict.pm in @INC; Ruby: cannot load such file -- rubygems',
  fix: 'what the checks load is packed; for the whole library: --with interpreter-libraries',
  sizeBytes: 30_000_000,
  paths: [/^\/usr\/(?:local\/)?(?:lib|share)\/(?:[\w]+-linux-\w+\/)?(?:python3|perl|ruby)/],
  brings:
    'the standard library of the Python, Perl or Ruby that the program is, without tests and editors; its modules with their libraries',
  supply,
});
