/** Bytes of an output in which words are looked for: a program that gives up says so in its last ones, or its first. */
const SEARCHED_BYTES = 64 * 1024;

/** Characters of a line, which may be a megabyte. */
const LINE_LIMIT = 300;

/** What programs and their libraries say when something that they rely on is not there, or not theirs to use. */
const FAILURE_WORDS: readonly RegExp[] = [
  /(?:cannot|can't|can not|could not|couldn't|unable to|failed to) (?:open|load|find|read|stat|access|create|locate|initiali[sz]e|connect|execute|start|change)/i,
  // strerror(3) of ENOENT, EACCES, EPERM, EROFS, ENOTDIR, ENXIO.
  /No such (?:file or directory|device)/i,
  /Permission denied|Operation not permitted|Read-only file system|Not a directory/i,
  /\bfatal\b|\bpanic(?:ked)?\b|\babort(?:ed)?\b|segmentation fault|core dumped/i,
  /Traceback \(most recent call last\)|\bException\b|uncaught/i,
  // glibc and musl, of dlopen(3).
  /cannot open shared object file|Dynamic loading not supported|Error loading shared library/i,
  /\bnot found\b|\bis missing\b|\bdoes not exist\b/i,
];

interface Output {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** The line in which a program says that something failed; null when it says nothing of the kind. */
export function findFailureWords(output: Output): string | null {
  for (const stream of [output.stderr, output.stdout])
    for (const line of failureLinesOf(stream)) return line.trim().slice(0, LINE_LIMIT);
  return null;
}

/**
 * The line in which a run tells of a failure that no control run tells of, whatever else the runs do not agree on: with
 * what is another in each run (times, ids, addresses have a digit) taken out. null for none.
 */
export function findNewFailure(controls: readonly Output[], output: Output): string | null {
  const known = new Set(controls.flatMap(({ stdout, stderr }) => [...kindsOf(stderr), ...kindsOf(stdout)]));
  for (const stream of [output.stderr, output.stdout])
    for (const line of failureLinesOf(stream))
      if (!known.has(kindOf(line))) return line.trim().slice(0, LINE_LIMIT);
  return null;
}

const kindsOf = (stream: Buffer): readonly string[] => [...failureLinesOf(stream)].map(kindOf);
const kindOf = (line: string): string =>
  line
    .trim()
    .slice(0, LINE_LIMIT)
    .replace(/\w*\d\w*/g, '#');

function* failureLinesOf(stream: Buffer): Generator<string> {
  for (const line of searched(stream).split('\n'))
    if (FAILURE_WORDS.some((words) => words.test(line))) yield line;
}

/** What a program says where its C library cannot do what another linkage, or another C library, could. */
const LINKAGE_WORDS =
  /dlopen|shared (?:object|library)|dynamic loading|plugin|iconv|gconv|locale|charset|getaddrinfo|name resolution|getpw|getgr|\bnss\b|symbol|stack overflow/i;

/** Whether a failure may depend on how the program is linked. */
export function isOfLinkage(failureWords: string): boolean {
  return LINKAGE_WORDS.test(failureWords);
}

/** Whether a program answers only with how it is to be called: nothing of its work was tried. */
export function isUsage(output: { readonly stdout: Buffer; readonly stderr: Buffer }): boolean {
  return [output.stderr, output.stdout].some((stream) => USAGE.test(searched(stream)));
}

/** As getopt's users, argp, clap, cobra, argparse and git write it. */
const USAGE =
  /(?:^|[\s:;,])(?:usage|help|syntax|synopsis)\s*:|^.{0,80}\b(?:missing|no(?! such\b)|too few|requires?) (?:\S+ ){0,3}(?:operand|argument|command|option|input|file)s?\b|\btry ['"`‘]?[^\n]{0,80}--?h(?:elp)?\b|for usage|for more information/im;

function searched(stream: Buffer): string {
  if (stream.length <= SEARCHED_BYTES) return stream.toString('utf8');
  const half = SEARCHED_BYTES / 2;
  return `${stream.toString('utf8', 0, half)}\n${stream.toString('utf8', stream.length - half)}`;
}
