import { spawnSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';

const CAPABILITY = 'security.capability';
const HEADER_BYTES = 512;
/** What tar writes at once (its blocking factor of 20): the headers of one file fit, since a PAX path is at most 4 KiB. */
const RECORD_BYTES = 20 * 512;

/**
 * A file's capabilities (`setcap cap_net_raw+ep ping`), as the extended attributes of a layer file; {} where it has none.
 * Node has no getxattr(2): GNU tar is asked, which is on nearly every machine and gives the attribute byte for byte as a
 * PAX record; it is stopped before the content. Where tar is absent or another one (busybox), the answer is null:
 * whoever ships such a file must be told that its capabilities are not known.
 */
export async function readCapability(path: string): Promise<Readonly<Record<string, Buffer>> | null> {
  const head = archiveHead(resolve(path));
  // An archive of nothing, which tar gives for a file that it may not read, is all zeros.
  if (head.length < HEADER_BYTES || head[0] === 0) return null;
  // Nearly no file has any: the reader of archives is loaded for those that may.
  if (!head.includes(CAPABILITY)) return {};
  const { firstXattrs } = await import('./first-xattrs.ts');
  const xattrs = await firstXattrs(head);
  if (xattrs === null) return null;
  const value = xattrs[CAPABILITY];
  return value === undefined ? {} : { [CAPABILITY]: value };
}

/** The first bytes of an archive of one file, its headers among them; fewer where tar gives none. */
function archiveHead(path: string): Buffer {
  const flags = [
    '--xattrs',
    `--xattrs-include=${CAPABILITY}`,
    '--format=pax',
    '--no-recursion',
    '--dereference',
  ];
  // Waited for: tar is done sooner than Node would have set up the streams to hear of it.
  const { stdout } = spawnSync('tar', [...flags, '-C', dirname(path), '-cf', '-', '--', basename(path)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    // More, and tar is stopped.
    maxBuffer: RECORD_BYTES,
    killSignal: 'SIGKILL',
  });
  return stdout ?? Buffer.alloc(0);
}
