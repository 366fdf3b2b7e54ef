import { type ElfFacts, type ElfFile, eachConstant } from '../../elf/index.ts';

/** Of one object: git has some thirty, a browser some hundred. */
const LITERALS_LIMIT = 512;
const SEARCH_LIMIT_BYTES = 64 * 1024 * 1024;

/** Directories below which packages and administrators put what programs read (FHS 3.0). */
const TOP = '(?:usr|etc|opt|var|srv|lib|lib64|bin|sbin|nix)';
/** A C string: between two NULs. */
const DELIMITED = new RegExp(`\\0(/${TOP}/[\\x20-\\x7e]{1,400})(?=\\0)`, 'g');
/** Where literals stand side by side: as much as a path may have; whoever has the files cuts it. */
const SIDE_BY_SIDE = new RegExp(`(/${TOP}/[\\w.+@~/-]{2,200})`, 'g');

/** An absolute path among the constants of an object. */
export interface PathLiteral {
  readonly path: string;
  /** It is the whole literal; where it is not, the next literal may have begun in it. */
  readonly isWhole: boolean;
}

export function pathLiterals(
  elf: ElfFile,
  { go, languages }: Pick<ElfFacts, 'go' | 'languages'>,
): readonly PathLiteral[] {
  const sideBySide = go !== null || languages.includes('rust');
  const found = new Map<string, PathLiteral>();
  const take = (text: string): boolean => {
    for (const path of pathsIn(text)) found.set(path, { path, isWhole: !sideBySide });
    return found.size < LITERALS_LIMIT;
  };
  eachConstant(elf, sideBySide ? SIDE_BY_SIDE : DELIMITED, SEARCH_LIMIT_BYTES, take);
  return [...found.values()];
}

/** `/etc/app/%s.conf` is of /etc/app, and a search path is several. */
function pathsIn(text: string): readonly string[] {
  return text.split(/[:;, ]/).flatMap((word) => {
    const beforeFormat = word.includes('%') ? word.slice(0, word.lastIndexOf('/', word.indexOf('%'))) : word;
    const path = beforeFormat.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
    return /^\/[\w.+@~/-]+$/.test(path) && !path.includes('/../') ? [path] : [];
  });
}
