import { openByteSource } from '../../core/byte-source.ts';
import { openElf, symbolTableFunctions } from '../../elf/index.ts';
import type { Program } from '../candidates/candidate.ts';
import type { BuildRequest } from '../request/build-request.ts';

/**
 * What runs without a network do otherwise with musl 1.2.3 and with glibc 2.36, each without a word of it: measured, and
 * told in docs/explanation/what-proven-means.md. `printf`, `rand` and `strerror` differ too, in what nothing promises.
 */
const DIFFERING: readonly string[] = [
  // //TRANSLIT gives `*` or `?`; fewer character sets.
  'iconv_open',
  // Every name is taken, and the text is English.
  'setlocale',
  'newlocale',
  'nl_langinfo',
  // No `%k`, `%P`, `%N`, `%^a`: the whole result is empty. `%Z` of gmtime(3).
  'strftime',
  'strptime',
  // No \` and \', no {,n}; \d is a digit.
  'regcomp',
  // Equal elements end in another order.
  'qsort',
  'qsort_r',
  // By Unicode in every locale, where glibc's C locale knows ASCII.
  'wcwidth',
  'wcswidth',
  'iswalpha',
  'iswprint',
  'towupper',
  'towlower',
  'mbstowcs',
  // Names in another order, and other kinds of sockets.
  'getaddrinfo',
  'gethostbyname',
  // Always fails in a static musl program.
  'dlopen',
  // No program that is static has names to look up: RTLD_NEXT, RTLD_DEFAULT.
  'dlsym',
  'dlvsym',
  'dladdr',
  // /bin/sh reads the words.
  'wordexp',
  // Fewer methods.
  'crypt',
  'crypt_r',
];

/** Ends at the first operand, where glibc's goes on to options behind it: `FILE -v`. Its words of errors count for nothing. */
const DIFFERING_BEHIND_OPERANDS: readonly string[] = ['getopt'];

const hasOptionBehindOperand = ({ args }: BuildRequest['checks'][number]): boolean =>
  (args ?? []).some(
    (word, index) => index > 0 && /^-./.test(word) && !(args?.[index - 1] ?? '-').startsWith('-'),
  );

/** What libc++ and libstdc++ bring into each program that prints, whatever locale it has. */
const OF_CXX_RUNTIME: ReadonlySet<string> = new Set([
  'setlocale',
  'newlocale',
  'nl_langinfo',
  'strftime',
  'iswalpha',
  'iswprint',
  'towupper',
  'towlower',
  'mbstowcs',
]);

/** `std::locale(char const *)` and `std::locale::global`, of libc++ and libstdc++. */
const CXX_LOCALE: readonly string[] = [
  '_ZNSt3__16localeC1EPKc',
  '_ZNSt3__16locale6globalERKS0_',
  '_ZNSt6localeC1EPKc',
];

/**
 * Functions of a program that the C libraries do differently: of its symbols, or of its sources where its linker left
 * none. [] for none. Errors: those of reading them.
 */
export async function differingFunctions(
  request: BuildRequest,
  { linkedPath, facts }: Program,
): Promise<readonly string[]> {
  const isCxx = facts.languages.includes('c++');
  const differing = request.checks.some(hasOptionBehindOperand)
    ? [...DIFFERING, ...DIFFERING_BEHIND_OPERANDS]
    : DIFFERING;
  const wanted = isCxx
    ? [...differing.filter((name) => !OF_CXX_RUNTIME.has(name)), ...CXX_LOCALE]
    : differing;
  const source = openByteSource(linkedPath);
  try {
    const linked = symbolTableFunctions(openElf(source), wanted);
    if (linked !== null) return [...linked].map(readable).toSorted();
  } finally {
    source.close();
  }
  const { functionsInSources } = await import('./functions-in-sources.ts');
  return functionsInSources(request, [...differing, 'std::locale', 'std::regex', 'put_time']);
}

const readable = (name: string): string => (name.startsWith('_Z') ? 'std::locale' : name);
