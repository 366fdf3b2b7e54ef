import type { PackedPath } from './candidates.ts';

/**
 * Two or more parts of some paths, which are in order: the subtrees of the directory that holds them all; where there are
 * many of these, halves of them; of a directory with what is in it, its content first.
 */
export function splitByDirectories(paths: readonly PackedPath[]): readonly (readonly PackedPath[])[] {
  const subtrees = subtreesOf(paths);
  if (subtrees.length <= FEW) return subtrees;
  const middle = Math.ceil(subtrees.length / 2);
  return [subtrees.slice(0, middle).flat(), subtrees.slice(middle).flat()];
}

/** So many are tried one by one. */
const FEW = 4;

function subtreesOf(paths: readonly PackedPath[]): readonly (readonly PackedPath[])[] {
  const prefix = commonDirectory(paths);
  const groups = new Map<string, PackedPath[]>();
  for (const one of paths) {
    // The directory that holds them all is a part of its own, tried last.
    const rest = one.path === prefix ? '' : one.path.slice(prefix === '/' ? 1 : prefix.length + 1);
    const name = rest.split('/', 1)[0] ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  const own = groups.get('');
  groups.delete('');
  return own === undefined ? [...groups.values()] : [...groups.values(), own];
}

/** The deepest directory, among the paths or not, that all of them are in or are. */
function commonDirectory(paths: readonly PackedPath[]): string {
  const [first, ...others] = paths.map(({ path }) => path.split('/'));
  if (first === undefined) return '/';
  let shared = first.length;
  for (const names of others) {
    let same = 0;
    while (same < shared && same < names.length && names[same] === first[same]) same += 1;
    shared = same;
  }
  const prefix = first.slice(0, shared).join('/');
  // A file alone is no directory of anything.
  return prefix === '' ? '/' : prefix;
}
