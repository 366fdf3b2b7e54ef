import { existsSync } from 'node:fs';
import { join } from 'node:path/posix';
import { findTool } from '../core/find-tool.ts';
import { runCommand } from '../core/run-command.ts';
import type { FileDigest, PackageRecord } from './owned-path.ts';
import { OwnerTable } from './owner-table.ts';
import { linesOf } from './text-files.ts';

export interface RpmOptions {
  /** Default: this machine's own. */
  readonly databaseDirectory?: string;
  readonly signal?: AbortSignal | undefined;
}

const DIRECTORIES = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'];
const DATABASES = ['rpmdb.sqlite', 'Packages', 'Packages.db'];
/** Of a large installation: 300,000 files. */
const OUTPUT_LIMIT_BYTES = 128 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
/** RPMFILE_CONFIG of rpmfiles.h. */
const IS_CONFIGURATION = 1;
/** PGPHASHALGO of rpmpgp.h; 0 and 1 are MD5. */
const ALGORITHMS: Readonly<Record<string, FileDigest['algorithm']>> = { '2': 'sha1', '8': 'sha256' };

/**
 * What this machine's rpm says of the wanted paths: its database has a form that only rpm itself reads. Nothing is known
 * where it is not here; of a foreign root never, since its rpm would have to be run. Error: INTERRUPTED.
 */
export async function rpmRecords(
  wanted: Iterable<string>,
  { databaseDirectory, signal }: RpmOptions = {},
): Promise<(path: string) => PackageRecord | null> {
  const owners = new OwnerTable(wanted);
  const text = await filesOfAll(databaseDirectory, signal);
  for (const line of linesOf(text)) {
    const [owner = '', algorithm = '', flags = '', hex = '', ...path] = line.split('\t');
    const isConfiguration = (Number(flags) & IS_CONFIGURATION) !== 0 && hex !== '';
    const digest = { algorithm: ALGORITHMS[algorithm] ?? 'md5', hex };
    owners.add(path.join('\t'), owner, isConfiguration ? digest : undefined);
  }
  return (path) => owners.get(path);
}

async function filesOfAll(directory: string | undefined, signal: AbortSignal | undefined): Promise<string> {
  const directories = directory === undefined ? DIRECTORIES : [directory];
  const hasDatabase = directories.some((one) => DATABASES.some((name) => existsSync(join(one, name))));
  const rpm = hasDatabase ? findTool('rpm') : null;
  if (rpm === null) return '';
  const format = '[%{=NAME}\\t%{=FILEDIGESTALGO}\\t%{FILEFLAGS}\\t%{FILEDIGESTS}\\t%{FILENAMES}\\n]';
  const place = directory === undefined ? [] : ['--dbpath', directory];
  const { exitCode, stdout } = await runCommand(
    {
      program: rpm,
      args: [...place, '-qa', '--queryformat', format],
      purpose: 'look up whose the files are',
    },
    { signal, outputLimitBytes: OUTPUT_LIMIT_BYTES, timeoutMs: TIMEOUT_MS },
  );
  return exitCode === 0 ? stdout : '';
}
