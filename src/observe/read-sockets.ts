import { type Quoted, parseQuoted, skipQuoted } from './strace-text.ts';

/** Which argument has the addresses; sendmsg's is a struct with what is sent, which is the program's own bytes. */
export const ADDRESS_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ['connect', 1],
  ['sendto', 4],
  ['sendmsg', 1],
  ['sendmmsg', 1],
]);

const PATH_FIELD = 'sun_path=';

/** Paths of sockets (unix(7)) in an argument. Not those of the abstract namespace, `sun_path=@"…"`. */
export function socketPaths(argument: string): readonly Quoted[] {
  const paths: Quoted[] = [];
  let index = argument.indexOf('"');
  while (index !== -1) {
    const quoted = argument.endsWith(PATH_FIELD, index) ? parseQuoted(argument, index) : null;
    if (quoted !== null && quoted.text !== '') paths.push(quoted);
    const end = skipQuoted(argument, index);
    index = end === -1 ? -1 : argument.indexOf('"', end);
  }
  return paths;
}
