import type { ByteSource } from './byte-source.ts';

/** The kernel reads so much of a `#!` line: BINPRM_BUF_SIZE (include/uapi/linux/binfmts.h). */
const SHEBANG_LIMIT_BYTES = 256;

/** The first line of a script, as the kernel reads it (fs/binfmt_script.c). */
export interface Shebang {
  /** What the kernel opens; of a line with Windows' end and no argument, the carriage return is part of the name. */
  readonly interpreter: string;
  /** All that follows, as one argument; null where nothing does. */
  readonly argument: string | null;
}

/** Whether the kernel takes a file that begins so for a script. */
export function isScript(source: ByteSource): boolean {
  return source.read(0, 2).toString('latin1') === '#!';
}

/** Null for what is no script, or names no interpreter: the kernel refuses both with ENOEXEC. */
export function readShebang(source: ByteSource): Shebang | null {
  if (!isScript(source)) return null;
  const head = source.read(0, SHEBANG_LIMIT_BYTES).toString('utf8');
  const line = (head.slice(2).split('\n', 1)[0] ?? '').replace(/^[ \t]+|[ \t]+$/g, '');
  const [, interpreter = '', argument = ''] = /^([^ \t]*)[ \t]*(.*)$/s.exec(line) ?? [];
  return interpreter === '' ? null : { interpreter, argument: argument === '' ? null : argument };
}

/** The interpreter that its author meant, without the carriage return of a Windows line end. */
export function interpreterName({ interpreter }: Shebang): string {
  return interpreter.replace(/\r$/, '');
}
