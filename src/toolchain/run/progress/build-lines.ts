import { type Step, stepOf } from './step.ts';

/**
 * What a line on the stdout of make, ninja, CMake, Meson or a configure script says of how far the build is; null for
 * all others. One function for all of them, since each may start the others. Every quantifier is bounded.
 */
export function readBuildLine(line: string): Step | null {
  if (line.startsWith('[')) return readCounted(line);
  const check = CHECK.exec(line);
  if (check !== null) return { kind: 'one', unit: 'checks', current: check[1] ?? null };
  const source = compiledSource(line) ?? SHORT_COMPILE.exec(line)?.[1] ?? null;
  return source === null ? null : { kind: 'one', unit: 'files', current: source };
}

/** ninja's NINJA_STATUS by default, and what CMake writes into Makefiles. */
const NINJA = /^\[(\d{1,7})\/(\d{1,7})\] (.{1,200})/;
const CMAKE = /^\[ {0,2}(\d{1,3})%\] (.{1,200})/;

function readCounted(line: string): Step | null {
  const ninja = NINJA.exec(line);
  if (ninja !== null) return stepOf('steps', ninja[1], ninja[2], nameIn(ninja[3] ?? ''));
  const cmake = CMAKE.exec(line);
  return cmake === null ? null : stepOf('percent', cmake[1], '100', nameIn(cmake[2] ?? ''));
}

/** `Building C object CMakeFiles/x.dir/src/main.c.o` is `src/main.c.o`. */
function nameIn(words: string): string {
  const last = words.split(' ').at(-1) ?? words;
  return last.replace(/^.{0,100}\.(?:dir|p)\//, '');
}

/** autoconf, CMake and Meson: before each is known, and not once more with its result. */
const CHECK =
  /^(?:checking |-- (?:Looking for |Performing Test |Check(?:ing)? )|Checking |(?:Compiler for C(?:\+\+)? supports|Program|Library|Header|Run-time dependency|Has header) )(?!.{0,200} - )(?:for |whether |if )?(.{1,200}?)(?:\.\.\.|:| found| - |$)/;

/** Of a line: a longer one is a link, or no command. */
const COMPILE_LIMIT = 4096;
const SOURCE = /^['"]?([\w./+-]{1,200}\.(?:c|cc|cpp|cxx|c\+\+|C|s|S|m|f|f90))['"]?$/;

/** A compiler's command line as make prints it: `gcc -O2 -c -o main.o main.c`. */
function compiledSource(line: string): string | null {
  if (!line.includes(' -c ') || line.length > COMPILE_LIMIT) return null;
  const source = line.split(' ').findLast((word) => SOURCE.test(word));
  return source === undefined ? null : (SOURCE.exec(source)?.[1] ?? null);
}

/** Of automake's silent rules and the kernel's Makefiles: `  CC       main.o`. */
const SHORT_COMPILE =
  /^ {1,4}(?:HOST)?(?:CC|CXX|C\+\+|AS|CCLD|CXXLD|LD|AR|LINK)(?: \[M\])? {1,10}([\w./+-]{1,200})$/;
