import { execFileSync } from 'node:child_process';

/** A static program from C source. `musl-gcc`, because an attack has to be small. */
export function compileStatic(source: string, output: string): string {
  execFileSync('musl-gcc', ['-static', '-Os', '-s', '-w', '-o', output, '-x', 'c', '-'], { input: source });
  return output;
}
