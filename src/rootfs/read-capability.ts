import { spawn } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { readTar } from '../tar/index.ts';

const CAPABILITY = 'security.capability';

/**
 * A file's capabilities (`setcap cap_net_raw+ep ping`), as the extended attributes of a layer file; {} where it has none.
 * Node has no getxattr(2): GNU tar is asked, which is on nearly every machine and gives the attribute byte for byte as a
 * PAX record; it is stopped before the content. Where tar is absent or another one (busybox), the answer is null:
 * whoever ships such a file must be told that its capabilities are not known.
 */
export async function readCapability(path: string): Promise<Readonly<Record<string, Buffer>> | null> {
  const absolute = resolve(path);
  const flags = [
    '--xattrs',
    `--xattrs-include=${CAPABILITY}`,
    '--format=pax',
    '--no-recursion',
    '--dereference',
  ];
  const args = [...flags, '-C', dirname(absolute), '-cf', '-', '--', basename(absolute)];
  const tar = spawn('tar', args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  const ended = new Promise<number | null>((done) => {
    tar.on('error', () => done(-1));
    tar.on('close', done);
  });
  try {
    for await (const { header } of readTar(tar.stdout as AsyncIterable<Buffer>)) {
      const value = header.xattrs[CAPABILITY];
      return value === undefined ? {} : { [CAPABILITY]: value };
    }
  } catch {
    // not an archive: busybox's complaint, or a file that tar may not read
  } finally {
    tar.stdout.destroy();
    tar.kill('SIGKILL');
    await ended;
  }
  return null;
}
