import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';

/** A source package to publish: its tarballs, which are there already. */
export interface PublishedSource {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly suite?: 'bookworm' | 'bookworm-updates' | 'bookworm-security';
}

const SUITES = [
  { suite: 'bookworm', archive: 'debian' },
  { suite: 'bookworm-updates', archive: 'debian' },
  { suite: 'bookworm-security', archive: 'debian-security' },
] as const;

/** An archive as Debian's is, signed by a key of its own, in a folder. */
export class DebianArchive {
  readonly root: string;
  /** The key that signs it. */
  readonly keyring: string;
  readonly #home: string;

  constructor(folder: string) {
    this.root = join(folder, 'archive');
    this.keyring = join(folder, 'keyring.gpg');
    this.#home = join(folder, 'gnupg');
    mkdirSync(this.#home, { recursive: true, mode: 0o700 });
    const who = 'Test archive <archive@example.invalid>';
    this.#gpg('--passphrase', '', '--quick-generate-key', who, 'ed25519', 'sign', '0');
    this.#gpg('--output', this.keyring, '--export', who);
  }

  publish(sources: readonly PublishedSource[], fields: Readonly<Record<string, string>> = {}): void {
    for (const { suite, archive } of SUITES) {
      const own = sources.filter((source) => (source.suite ?? 'bookworm') === suite);
      const index = this.#writeIndex(own, archive, suite);
      const release = {
        Origin: 'Test',
        Codename: suite,
        ...fields,
        SHA256: `\n ${sha256(index)} ${statSync(index).size} main/source/Sources.xz`,
      };
      const text = Object.entries(release).map(([name, value]) => `${name}: ${value}\n`);
      const place = join(this.root, archive, 'dists', suite, 'InRelease');
      execFileSync('gpg', [...this.#words(), '--clear-sign', '--output', place], {
        input: text.join(''),
        stdio: 'pipe',
      });
    }
  }

  /** gpg keeps an agent for each home. */
  close(): void {
    execFileSync('gpgconf', ['--homedir', this.#home, '--kill', 'all'], { stdio: 'pipe' });
  }

  #writeIndex(sources: readonly PublishedSource[], archive: string, suite: string): string {
    const stanzas = sources.map((source) => this.#publishOne(source, archive)).join('\n');
    const folder = join(this.root, archive, 'dists', suite, 'main/source/by-hash/SHA256');
    mkdirSync(folder, { recursive: true });
    const packed = execFileSync('xz', ['-c'], { input: stanzas });
    const path = join(folder, createHash('sha256').update(packed).digest('hex'));
    writeFileSync(path, packed);
    return path;
  }

  #publishOne({ name, version, files }: PublishedSource, archive: string): string {
    const directory = `pool/main/${name.charAt(0)}/${name}`;
    const lines = files.map((path) => {
      const place = join(this.root, archive, directory, basename(path));
      mkdirSync(dirname(place), { recursive: true });
      copyFileSync(path, place);
      return ` ${sha256(path)} ${statSync(path).size} ${basename(path)}`;
    });
    return `Package: ${name}\nFormat: 3.0 (quilt)\nVersion: ${version}\nChecksums-Sha256:\n${lines.join('\n')}\nDirectory: ${directory}\n`;
  }

  #gpg(...words: readonly string[]): void {
    execFileSync('gpg', [...this.#words(), ...words], { stdio: 'pipe' });
  }

  #words(): readonly string[] {
    return ['--homedir', this.#home, '--batch', '--yes', '--pinentry-mode', 'loopback'];
  }
}

export function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** What a mirror does instead of answering with the file. */
export type Fault = (bytes: Buffer) => {
  readonly status?: number;
  readonly body: Buffer;
  readonly breaksOff?: boolean;
};

export interface Mirror {
  readonly url: string;
  /** MORSEL_DEBIAN_MIRROR. */
  readonly words: string;
  readonly asked: string[];
  /** What answers for paths that fit. */
  fault: { readonly path: RegExp; readonly with: Fault } | null;
  close(): Promise<void>;
}

/** A real HTTP server on loopback. */
export async function serveArchive(root: string): Promise<Mirror> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    mirror.asked.push(path);
    const bytes = readIfAny(join(root, path));
    if (bytes === null) {
      response.writeHead(404).end('not here');
      return;
    }
    const { fault } = mirror;
    const answer = fault?.path.test(path) === true ? fault.with(bytes) : { body: bytes };
    const { status = 200, body } = answer;
    const breaksOff = 'breaksOff' in answer && answer.breaksOff === true;
    response.writeHead(status, { 'content-length': breaksOff ? body.length + 1 : body.length });
    if (breaksOff) response.write(body, () => response.destroy());
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const mirror: Mirror = {
    url,
    words: `${url}/debian ${url}/debian-security`,
    asked: [],
    fault: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return mirror;
}

function readIfAny(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
