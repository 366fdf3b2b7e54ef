import { basename, dirname } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { interpreterName, isScript, readShebang } from '../core/shebang.ts';
import { isElf, readElfLinkage } from '../elf/index.ts';
import { imageName } from './image-name.ts';
import type { BinaryProject } from './project.ts';

/** What the first bytes of a file say it is. */
export type FileKind = 'elf' | 'empty' | 'script' | 'windows' | 'macos' | 'other';

const MAGIC_BYTES = 4;
const MACH_O = new Set(['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe']);

function fileKindOf(source: ByteSource): FileKind {
  if (source.sizeBytes === 0) return 'empty';
  if (isElf(source)) return 'elf';
  if (isScript(source)) return 'script';
  const bytes = source.read(0, MAGIC_BYTES);
  if (bytes.toString('latin1').startsWith('MZ')) return 'windows';
  return MACH_O.has(bytes.toString('hex')) ? 'macos' : 'other';
}

/**
 * A ready Linux executable. Errors: NOT_AN_EXECUTABLE (a script, another system's program, a library, an object file),
 * ELF_INVALID (damaged or truncated), UNREADABLE.
 */
export function detectBinary(path: string): BinaryProject {
  const source = openByteSource(path);
  try {
    const kind = fileKindOf(source);
    if (kind !== 'elf') throw notAnExecutable(path, kind, source);
    const facts = readElfLinkage(source);
    if (facts.type !== 'EXEC' && facts.type !== 'DYN') {
      throw new MorselError(
        'NOT_AN_EXECUTABLE',
        `${path} is an ELF file, but not a program (its type is ${facts.type})`,
        {
          hint: facts.type === 'REL' ? 'link it first, and name the program' : 'name an executable',
        },
      );
    }
    if (facts.link === 'shared') {
      throw new MorselError('NOT_AN_EXECUTABLE', `${path} is a shared library, not a program`, {
        hint: 'name a program that uses it',
      });
    }
  } finally {
    source.close();
  }
  return {
    kind: 'binary',
    name: imageName(basename(path)),
    version: null,
    license: null,
    directory: dirname(path),
    path,
  };
}

function notAnExecutable(path: string, kind: Exclude<FileKind, 'elf'>, source: ByteSource): MorselError {
  const answers: Readonly<Record<typeof kind, readonly [string, string]>> = {
    empty: [`${path} is empty`, 'build it again: an interrupted build leaves such a file'],
    script: [
      `${path} is a script for ${scriptLanguage(source)}, not a program of its own`,
      'morsel packs compiled programs; name the program that the script starts',
    ],
    windows: [`${path} is a Windows program`, 'build it for Linux'],
    macos: [`${path} is a macOS program`, 'build it for Linux'],
    other: [
      `${path} is neither an ELF executable nor a source file that morsel knows`,
      'name a project directory, a C or C++ file, or a Linux executable',
    ],
  };
  const [message, hint] = answers[kind];
  return new MorselError('NOT_AN_EXECUTABLE', message, { hint });
}

/** `/usr/bin/env python3`: the interpreter alone would not say it. */
function scriptLanguage(source: ByteSource): string {
  const shebang = readShebang(source);
  if (shebang === null) return 'an interpreter';
  return [interpreterName(shebang), shebang.argument?.split(/\s/, 1)[0] ?? ''].join(' ').trim();
}
