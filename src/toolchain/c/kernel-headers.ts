import { join } from 'node:path';
import type { PlannedFile } from '../plan.ts';
import type { Tools } from '../find/tools.ts';
import type { CToolchain } from './c-toolchain.ts';

export interface KernelHeaders {
  readonly files: readonly PlannedFile[];
  readonly flags: readonly string[];
}

/** The kernel's headers (`linux/`, `asm/`) for musl-gcc, which looks at musl's own only; nothing for other compilers. */
export function kernelHeaders(toolchain: CToolchain, tools: Tools, directory: string): KernelHeaders {
  const links = Object.entries(tools.c.kernelHeaders);
  if (!toolchain.isWrapper || links.length === 0) return { files: [], flags: [] };
  return {
    files: links.map(([name, target]) => ({
      path: join(directory, name),
      content: { kind: 'symlink', target },
    })),
    flags: ['-idirafter', directory],
  };
}
