import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openByteSource } from '../../core/byte-source.ts';
import { lackedFile } from '../left-out-words.ts';
import type { CompilePlan } from '../plan.ts';
import { writeText } from './planned-files.ts';

/** A build can write there whatever it likes. */
const READ_BYTES = 256 * 1024;
const MAX_LINE = 200;

/** Beside the stamp: the next build of the same sources does not ask again. */
const keptFile = ({ workDirectory }: CompilePlan): string => join(workDirectory, 'lacked');

/** What the build asked for in vain, now or when it was configured; kept until it begins anew. Error: WRITE_FAILED, DISK_FULL. */
export function keepLacked(plan: CompilePlan): readonly string[] {
  const texts = [keptFile(plan), lackedFile(plan.workDirectory)].map(startOf);
  const lines = [...new Set(texts.join('\n').split('\n'))].filter(
    (line) => line !== '' && line.length <= MAX_LINE,
  );
  if (lines.length > 0) writeText(keptFile(plan), `${lines.join('\n')}\n`, 0o644);
  return lines;
}

/** What the last build asked for in vain, whether it ended well or not. */
export function lackedOf(plan: CompilePlan): readonly string[] {
  return startOf(keptFile(plan))
    .split('\n')
    .filter((line) => line !== '' && line.length <= MAX_LINE);
}

export function forgetLacked(plan: CompilePlan): void {
  rmSync(keptFile(plan), { force: true, recursive: true });
}

/** Of a file of a build, at most so much; '' where there is none. */
function startOf(path: string): string {
  try {
    const source = openByteSource(path, { followLink: false });
    try {
      return source.read(0, READ_BYTES).toString('utf8');
    } finally {
      source.close();
    }
  } catch {
    return '';
  }
}
