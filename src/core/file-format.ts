import type { ByteSource } from './byte-source.ts';
import { SHEBANG_PROBLEMS, shebangProblem } from './shebang.ts';

/** What is neither an ELF file nor a script that the kernel takes, by its first bytes. */
export interface ForeignFormat {
  readonly kind:
    | 'ape'
    | 'windows'
    | 'macos'
    | 'webassembly'
    | 'java'
    | 'python-bytecode'
    | 'compressed'
    | 'lfs-pointer'
    | 'html'
    | 'utf-16'
    | 'script'
    | 'other';
  /** What it is, with its article: `a Windows program`. */
  readonly name: string;
  /** What to do with it on Linux. */
  readonly fix: string;
}

const HEAD_BYTES = 512;
const BUILD_FOR_LINUX = 'build it for Linux';
const MACH_O = /^(feedface|feedfacf|cefaedfe|cffaedfe)/;
/** Of a Mach-O file for several processors the count follows, of a Java class the version, which is 45 and more. */
const FAT_OR_CLASS = 'cafebabe';
const FIRST_CLASS_VERSION = 45;
const COMPRESSED: readonly (readonly [magic: string, name: string])[] = [
  ['1f8b', 'a gzip file'],
  ['28b52ffd', 'a zstd file'],
  ['fd377a585a', 'an xz file'],
  ['425a68', 'a bzip2 file'],
  ['504b0304', 'a zip file'],
];

type FormatRule = (head: Buffer, text: string) => ForeignFormat | null;

/** The first that fits decides: an APE file is a DOS file and a shell script at once. */
const RULES: readonly FormatRule[] = [
  // The magics of cosmopolitan's ape/specification.md.
  (_head, text) =>
    /^(MZqFpD|jartsr|APEDBG)='/.test(text)
      ? {
          kind: 'ape',
          name: 'an Actually Portable Executable (APE, of Cosmopolitan)',
          fix: 'Linux starts it by a shell or by the ape loader only: make an ELF program of it with Cosmopolitan’s `assimilate`, or ship the loader',
        }
      : null,
  (_head, text) =>
    text.startsWith('MZ') ? { kind: 'windows', name: 'a Windows program', fix: BUILD_FOR_LINUX } : null,
  (head) => machOOrJava(head),
  (head) =>
    head.toString('hex', 0, 4) === '0061736d'
      ? {
          kind: 'webassembly',
          name: 'a WebAssembly module',
          fix: 'build it for Linux, or ship a WebAssembly runtime that starts it',
        }
      : null,
  (head) =>
    // importlib: the magic number ends in \r\n.
    head.length >= 16 && head[2] === 0x0d && head[3] === 0x0a
      ? { kind: 'python-bytecode', name: 'Python bytecode', fix: 'start it with the Python that compiled it' }
      : null,
  (head) => {
    const found = COMPRESSED.find(([magic]) => head.toString('hex', 0, 6).startsWith(magic));
    return found === undefined
      ? null
      : { kind: 'compressed', name: found[1], fix: 'unpack it, and name the program in it' };
  },
  (_head, text) =>
    text.startsWith('version https://git-lfs.github.com/')
      ? { kind: 'lfs-pointer', name: 'a Git LFS pointer, not the file itself', fix: 'fetch it: git lfs pull' }
      : null,
  (_head, text) =>
    /^\s*<(!doctype html|html|\?xml)/i.test(text)
      ? {
          kind: 'html',
          name: 'a web page',
          fix: 'download it again: this is what a server answered instead of it',
        }
      : null,
  (head) =>
    ['fffe', 'feff'].includes(head.toString('hex', 0, 2))
      ? { kind: 'utf-16', name: 'a text in UTF-16', fix: 'write it in UTF-8 without a byte order mark' }
      : null,
];

/** Of a file that is neither empty nor ELF, nor a script in order. */
export function foreignFormat(source: ByteSource): ForeignFormat {
  const head = source.read(0, HEAD_BYTES);
  const text = head.toString('latin1');
  for (const rule of RULES) {
    const found = rule(head, text);
    if (found !== null) return found;
  }
  return brokenScript(source) ?? OTHER;
}

const OTHER: ForeignFormat = {
  kind: 'other',
  name: 'neither an ELF file nor a script that begins with #!',
  fix: 'check that the right file was copied',
};

function machOOrJava(head: Buffer): ForeignFormat | null {
  const magic = head.toString('hex', 0, 4);
  const isJava = magic === FAT_OR_CLASS && head.length >= 8 && head.readUInt16BE(6) >= FIRST_CLASS_VERSION;
  if (isJava) return { kind: 'java', name: 'a Java class', fix: 'start it with a Java runtime' };
  return MACH_O.test(magic) || magic === FAT_OR_CLASS
    ? { kind: 'macos', name: 'a macOS program', fix: BUILD_FOR_LINUX }
    : null;
}

function brokenScript(source: ByteSource): ForeignFormat | null {
  const problem = shebangProblem(source);
  if (problem === null) return null;
  const fixes: Readonly<Record<typeof problem, string>> = {
    'no-interpreter': 'name the interpreter in it: #!/bin/sh',
    'too-long': 'use a shorter path, or a link to the interpreter with a short name',
    'byte-order-mark': String.raw`take the mark away: sed -i '1s/^\xEF\xBB\xBF//' FILE`,
    blank: 'let the file begin with #!',
  };
  return {
    kind: 'script',
    name: `a script that the kernel refuses: ${SHEBANG_PROBLEMS[problem]}`,
    fix: fixes[problem],
  };
}
