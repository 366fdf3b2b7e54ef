import { join } from 'node:path';
import type { Command } from '../../core/command.ts';
import type { CToolchain } from '../c/c-toolchain.ts';
import type { PlannedFile } from '../plan.ts';

/**
 * LLVM's libunwind for a program linked by musl-gcc. Debian compiled it against glibc's headers with _FORTIFY_SOURCE, so
 * its log function calls `__fprintf_chk`, which musl does not have: an object of ours brings it. Everything else that
 * the archive asks for is in musl. gcc's own unwinder (libgcc_eh) is no way out: it wants glibc's `_dl_find_object`.
 */
export interface MuslUnwinder {
  readonly files: readonly PlannedFile[];
  readonly commands: readonly Command[];
  readonly flags: readonly string[];
}

const FPRINTF_CHK = `#include <stdarg.h>
#include <stdio.h>

/* LSB: as fprintf, with a flag for checks that are not made here. */
int __fprintf_chk(FILE *stream, int flag, const char *format, ...) {
  va_list arguments;
  (void)flag;
  va_start(arguments, format);
  int written = vfprintf(stream, format, arguments);
  va_end(arguments);
  return written;
}
`;

/** Pure. */
export function muslUnwinder(toolchain: CToolchain, archive: string, workDirectory: string): MuslUnwinder {
  const directory = join(workDirectory, 'unwinder');
  const source = join(directory, 'fprintf-chk.c');
  const object = join(directory, 'fprintf-chk.o');
  const [program = 'musl-gcc', ...prefix] = toolchain.cc;
  return {
    files: [
      { path: source, content: { kind: 'text', text: FPRINTF_CHK, mode: 0o644 } },
      { path: join(directory, 'libunwind.a'), content: { kind: 'symlink', target: archive } },
    ],
    commands: [
      {
        program,
        args: [...prefix, '-O2', '-ffunction-sections', '-c', source, '-o', object],
        cwd: directory,
        purpose: 'compile the one function that libunwind expects and musl lacks',
      },
    ],
    flags: [`-Lnative=${directory}`, `-Clink-arg=${object}`],
  };
}
