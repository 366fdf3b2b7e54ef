import { readFileSync } from 'node:fs';
import type { Network } from '../../core/choices.ts';

/**
 * The files that docker puts into every container's /etc. A container without a network gets no name server, so that
 * a look-up fails at once instead of asking the machine's; one on the machine's network gets the machine's files.
 */
export function containerFiles(hostname: string, network: Network): Readonly<Record<string, string>> {
  const own = { '/etc/hostname': `${hostname}\n` };
  if (network === 'host') {
    return { ...own, '/etc/hosts': readOwn('/etc/hosts'), '/etc/resolv.conf': readOwn('/etc/resolv.conf') };
  }
  return {
    ...own,
    '/etc/hosts':
      '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
      `ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n127.0.1.1\t${hostname}\n`,
    '/etc/resolv.conf': '# no network in this container\n',
  };
}

function readOwn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
