import type { ByteSource } from './byte-source.ts';

/** The kernel reads so much of a file to tell what it is: BINPRM_BUF_SIZE (include/uapi/linux/binfmts.h). */
const SHEBANG_LIMIT_BYTES = 256;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** The first line of a script, as the kernel reads it (fs/binfmt_script.c). */
export interface Shebang {
  /** What the kernel opens; of a line with Windows' end and no argument, the carriage return is part of the name. */
  readonly interpreter: string;
  /** All that follows, as one argument, cut where the kernel cuts it; null where nothing does. */
  readonly argument: string | null;
}

/**
 * Why the kernel takes no script for one (ENOEXEC), though its author meant one. `too-long`: the interpreter's name does
 * not end in what the kernel reads. `byte-order-mark`, `blank`: something stands before the `#!`.
 */
export type ShebangProblem = 'no-interpreter' | 'too-long' | 'byte-order-mark' | 'blank';

/** Whether the kernel takes a file that begins so for a script. */
export function isScript(source: ByteSource): boolean {
  return source.read(0, 2).toString('latin1') === '#!';
}

/** Null for what is no script, and for one of which the kernel finds no interpreter: it refuses both with ENOEXEC. */
export function readShebang(source: ByteSource): Shebang | null {
  if (!isScript(source)) return null;
  const head = source.read(0, SHEBANG_LIMIT_BYTES);
  const feed = head.indexOf('\n');
  const isCut = feed < 0 && head.length === SHEBANG_LIMIT_BYTES;
  if (isCut && !/[ \t\0]/.test(afterBlanks(head.toString('latin1', 2)))) return null;
  // Of a line that goes on the last byte becomes a NUL (load_script: buf_end).
  const end = feed < 0 ? Math.min(head.length, SHEBANG_LIMIT_BYTES - 1) : feed;
  const text = afterBlanks(head.toString('utf8', 2, end));
  // A NUL ends a name and an argument, as it does for all of the kernel's strings.
  const [, interpreter = '', rest = ''] = /^([^ \t\0]*)(.*)$/s.exec(text.replace(/[ \t]+$/, '')) ?? [];
  const argument = rest.startsWith('\0') ? '' : (afterBlanks(rest).split('\0', 1)[0] ?? '');
  return interpreter === '' ? null : { interpreter, argument: argument === '' ? null : argument };
}

const afterBlanks = (line: string): string => line.replace(/^[ \t]+/, '');

/** What keeps a file from being the script that it was meant to be; null for a script, and for what is none at all. */
export function shebangProblem(source: ByteSource): ShebangProblem | null {
  if (isScript(source)) return readShebang(source) === null ? refusedScript(source) : null;
  const head = source.read(0, SHEBANG_LIMIT_BYTES).toString('latin1');
  if (head.startsWith(`${BYTE_ORDER_MARK}#!`)) return 'byte-order-mark';
  return /^\s+#! ?\//.test(head) ? 'blank' : null;
}

function refusedScript(source: ByteSource): ShebangProblem {
  const head = source.read(0, SHEBANG_LIMIT_BYTES).toString('latin1');
  return /^#![ \t]*[^ \t\n\0]/.test(head) ? 'too-long' : 'no-interpreter';
}

/** For messages: one clause about the file. */
export const SHEBANG_PROBLEMS: Readonly<Record<ShebangProblem, string>> = {
  'no-interpreter': 'its #! line names no interpreter',
  'too-long':
    'its #! line is too long: the kernel reads 255 bytes, and the interpreter’s name does not end there',
  'byte-order-mark': 'a UTF-8 byte order mark (the bytes EF BB BF) stands before its #!',
  blank: 'blanks or empty lines stand before its #!, which must be the first two bytes',
};

/** The interpreter that its author meant, without the carriage return of a Windows line end. */
export function interpreterName({ interpreter }: Shebang): string {
  return interpreter.replace(/\r$/, '');
}
