/**
 * The files that docker puts into every container's /etc. A container without a network gets no name server, so that
 * a look-up fails at once instead of asking the machine's.
 */
export function containerFiles(hostname: string): Readonly<Record<string, string>> {
  return {
    '/etc/hosts':
      '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n' +
      `ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n127.0.1.1\t${hostname}\n`,
    '/etc/hostname': `${hostname}\n`,
    '/etc/resolv.conf': '# no network in this container\n',
  };
}
