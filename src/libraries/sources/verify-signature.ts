import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { findTool } from '../../core/find-tool.ts';
import { runCommand } from '../../core/run-command.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../core/temporary-folder.ts';

/** Where Debian's package `debian-archive-keyring` puts the keys of its archive; newer releases have it as `.pgp`. */
const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];

const VERIFY_TIMEOUT_MS = 30_000;

export interface SignatureOptions {
  readonly url: string;
  /** Another keyring than Debian's. */
  readonly keyring?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The text of a clear-signed file that a key of Debian's archive has signed, as gpgv has read it: what stands around the
 * signed part is none of it. Errors: SIGNATURE_INVALID, TOOLCHAIN_MISSING, INTERRUPTED.
 */
export async function verifySignature(
  signed: Uint8Array,
  { url, keyring, signal }: SignatureOptions,
): Promise<string> {
  const gpgv = findTool('gpgv');
  if (gpgv === null) throw missing('gpgv, which verifies the signature of Debian’s archive,', 'gpgv');
  const keys = keyring ?? KEYRINGS.find((path) => isReadable(path));
  if (keys === undefined) throw missing('the keyring of Debian’s archive', 'debian-archive-keyring');
  const folder = makeTemporaryFolder('signature');
  try {
    const [input, output] = [join(folder, 'InRelease'), join(folder, 'Release')];
    writeFileSync(input, signed);
    const args = ['--homedir', folder, '--keyring', keys, '--output', output, input];
    const result = await runCommand(
      { program: gpgv, args, purpose: `verify the signature of ${url}` },
      { signal, timeoutMs: VERIFY_TIMEOUT_MS, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } },
    );
    if (result.exitCode !== 0) throw invalid(url, signed, result.stderr);
    return readFileSync(output, 'utf8');
  } finally {
    removeTemporaryFolder(folder);
  }
}

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

function missing(what: string, debianPackage: string): MorselError {
  return new MorselError('TOOLCHAIN_MISSING', `${what} is not installed`, {
    hint: `install it (on Debian: apt-get install ${debianPackage}); or give sources of your own: a URL with "sha256", or a path`,
  });
}

function invalid(url: string, signed: Uint8Array, words: string): MorselError {
  const isPage = /^\s*</.test(Buffer.from(signed.subarray(0, 64)).toString('latin1'));
  const said =
    words.split('\n').findLast((line) => /BAD|Can't|No public key|not|expired|error/i.test(line)) ??
    'gpgv refuses it';
  const what = isPage ? 'it is a web page' : said.replace(/^gpgv: /, '').trim();
  return new MorselError('SIGNATURE_INVALID', `${url} is not signed by Debian’s archive: ${what}`, {
    hint: 'the mirror, or something between here and it, gives other bytes: name another one with MORSEL_DEBIAN_MIRROR; where this machine’s keyring is old: apt-get install debian-archive-keyring',
  });
}
