/** So many lines and paths of a text are looked at. */
const LINE_LIMIT = 200;
const PATH_LIMIT = 20;
/** A line that is longer is no message. */
const LINE_LENGTH_LIMIT = 2_000;

const SAYS_ABSENT =
  /no such file|not found|cannot open|can't open|could not open|failed to open|unable to (?:open|find|load)|does not exist|missing|ENOENT/i;
const PATH = /(?:^|[\s"'`‘(=[<:])(\.{0,2}\/[^\s"'`’:;,()<>[\]]+)/g;
/** Runtimes make these; an image has them as empty folders at most. */
const OF_THE_RUNTIME = /^\/(?:proc|sys|dev|run)\//;

/** The paths in the lines of a text that speak of something that is not there, in their order. */
export function pathsSaidAbsent(errorText: string): readonly string[] {
  const lines = errorText
    .split('\n')
    .slice(-LINE_LIMIT)
    .filter((line) => line.length <= LINE_LENGTH_LIMIT && SAYS_ABSENT.test(line));
  const paths = lines.flatMap((line) => [...line.matchAll(PATH)].map(([, path = '']) => path));
  return [...new Set(paths.map((path) => path.replace(/\.+$/, '')))]
    .filter((path) => path !== '/' && !OF_THE_RUNTIME.test(path))
    .slice(0, PATH_LIMIT);
}
