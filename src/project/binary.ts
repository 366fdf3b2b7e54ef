import { basename, dirname } from 'node:path';
import { type ByteSource, openByteSource } from '../core/byte-source.ts';
import { MorselError } from '../core/errors.ts';
import { foreignFormat } from '../core/file-format.ts';
import { interpreterName, isScript, readShebang } from '../core/shebang.ts';
import { type ElfFile, findDefect, isElf, linkageOf, openElf } from '../elf/index.ts';
import { imageName } from './image-name.ts';
import type { BinaryProject } from './project.ts';

/**
 * A ready Linux executable. Errors: NOT_AN_EXECUTABLE (a script, another system's program, a library, an object file),
 * ELF_INVALID (damaged or truncated), UNREADABLE.
 */
export function detectBinary(path: string): BinaryProject {
  const source = openByteSource(path);
  try {
    if (!isElf(source)) throw notAnExecutable(path, source);
    refuseNonProgram(path, openElf(source));
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

function refuseNonProgram(path: string, elf: ElfFile): void {
  const { type, link } = linkageOf(elf);
  const refuse = (what: string, hint: string): never => {
    throw new MorselError('NOT_AN_EXECUTABLE', `${path} is ${what}`, { hint });
  };
  if (type !== 'EXEC' && type !== 'DYN') {
    refuse(
      `an ELF file, but not a program (its type is ${type})`,
      type === 'REL' ? 'link it first, and name the program' : 'name an executable',
    );
  }
  const defect = findDefect(elf);
  if (defect?.kind === 'debug-file')
    refuse(`not a program: ${defect.message}`, 'name the program that it was split from');
  if (defect !== null)
    throw new MorselError('ELF_INVALID', `${path} is damaged: ${defect.message}`, {
      hint: 'build or copy it again, and compare its sha256',
    });
  if (link === 'shared') refuse('a shared library, not a program', 'name a program that uses it');
}

function notAnExecutable(path: string, source: ByteSource): MorselError {
  const [message, hint] = whatItIs(path, source);
  return new MorselError('NOT_AN_EXECUTABLE', message, { hint });
}

function whatItIs(path: string, source: ByteSource): readonly [message: string, hint: string] {
  if (source.sizeBytes === 0)
    return [`${path} is empty`, 'build it again: an interrupted build leaves such a file'];
  if (isScript(source))
    return [
      `${path} is a script for ${scriptLanguage(source)}, not a program of its own`,
      'morsel packs compiled programs; name the program that the script starts',
    ];
  const { kind, name, fix } = foreignFormat(source);
  return kind === 'other'
    ? [
        `${path} is neither an ELF executable nor a source file that morsel knows`,
        'name a project directory, a C or C++ file, or a Linux executable',
      ]
    : [`${path} is ${name}`, fix];
}

/** `/usr/bin/env python3`: the interpreter alone would not say it. */
function scriptLanguage(source: ByteSource): string {
  const shebang = readShebang(source);
  if (shebang === null) return 'an interpreter';
  return [interpreterName(shebang), shebang.argument?.split(/\s/, 1)[0] ?? ''].join(' ').trim();
}
