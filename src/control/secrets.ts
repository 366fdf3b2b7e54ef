import type { FileTree, FileTreeEntry } from '../rootfs/index.ts';

const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_ENTER = 0o005;

/** What not everybody on the machine may read is not to leave it, whoever has put it there. */
export function isClosed({ kind, mode }: Pick<FileTreeEntry, 'kind' | 'mode'>): boolean {
  const wanted = kind === 'directory' ? OTHERS_MAY_ENTER : OTHERS_MAY_READ;
  return kind !== 'symlink' && (mode & wanted) !== wanted;
}

/** Names of ssh(1), openssl(1), gpg(1), curl(1), psql(1), docker and cloud clients for what identifies somebody. */
const SECRET_NAME =
  /(?:^|\/)(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|[^/]*_(?:rsa|dsa|ecdsa|ed25519)_key|[^/]*\.key|privkey\d*\.pem|secring\.gpg|\.netrc|\.pgpass|\.git-credentials|\.htpasswd|g?shadow-?|opasswd|krb5\.keytab|machine-id|random-seed)$/;

export function isSecretName(path: string): boolean {
  return SECRET_NAME.test(path);
}

/** Of a key file, whose armour may follow a text that describes it (RFC 7468). */
const HEAD_BYTES = 64 * 1024;
const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

export function holdsPrivateKey(tree: FileTree, path: string): boolean {
  const source = tree.open(path);
  if (source === null) return false;
  try {
    const head = source.read(0, HEAD_BYTES);
    // A program or a library has such words among its strings.
    return !head.includes(0) && PRIVATE_KEY.test(head.toString('latin1'));
  } finally {
    source.close();
  }
}
