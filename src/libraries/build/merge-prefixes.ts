import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDirectory } from '../../core/stat-path.ts';
import { attempt } from '../../core/write-error.ts';
import { CACHE_HINT } from '../sources/download-store.ts';

/**
 * Copies what several libraries have into one folder. Copies and not links: what a build writes to by mistake is its own.
 * Errors: DISK_FULL, WRITE_FAILED.
 */
export function mergePrefixes(libraries: readonly string[], to: string): void {
  attempt(
    to,
    () => {
      for (const folder of ['include', 'lib/pkgconfig'])
        mkdirSync(join(to, 'usr', folder), { recursive: true });
      for (const library of libraries) {
        const from = join(library, 'usr');
        if (isDirectory(from))
          cpSync(from, join(to, 'usr'), { recursive: true, verbatimSymlinks: true, force: true });
      }
    },
    CACHE_HINT,
  );
}
