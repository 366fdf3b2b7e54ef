import type { Authority, ListeningHandle, ListenPlace, RunningContainer } from '../../sandbox/index.ts';
import type { HostCertificates } from './certificates.ts';
import { QUESTIONS_LIMIT, ServiceLimit } from './service-limit.ts';
import { DNS_PORT, type DnsService, NAME_SERVER, type Services, type TlsService } from './services.ts';
import { trustPlaces } from './trust-places.ts';

/** The services of one run, of which this process is the other end: the sockets alone are in the sandbox's network. */
export class RunningServices {
  /** The run's own, in the place of docker's. */
  readonly files: Readonly<Record<string, string>>;
  readonly authority: Authority | null;
  readonly #dns: DnsService;
  readonly #tls: TlsService | null;
  readonly #certificates: HostCertificates | null;
  readonly #limit = new ServiceLimit(() => this.close());
  #handles: readonly ListeningHandle[] = [];

  private constructor(
    { dns, tls }: Services,
    certificates: HostCertificates | null,
    env: Readonly<Record<string, string>>,
  ) {
    this.#dns = { ...dns, records: { ...recordsOf(tls), ...dns.records } };
    this.#tls = tls;
    this.#certificates = certificates;
    this.files = { '/etc/resolv.conf': resolverFile(dns) };
    this.authority =
      certificates === null ? null : { certificate: certificates.authority, bundles: trustPlaces(env) };
  }

  /** @param env of the program, which may say where it looks for authorities. */
  static async prepare(services: Services, env: Readonly<Record<string, string>>): Promise<RunningServices> {
    if (services.tls === null) return new RunningServices(services, null, env);
    const { makeCertificates } = await import('./certificates.ts');
    return new RunningServices(services, await makeCertificates(services.tls), env);
  }

  /** Error: SANDBOX_FAILED. */
  async start(container: Pick<RunningContainer, 'listen'>): Promise<void> {
    const { serveDatagrams, serveStreams } = await import('./dns-server.ts');
    const { serveTls } = await import('./tls-server.ts');
    this.#handles = await container.listen(placesOf(this.#tls));
    const [, streams] = this.#handles;
    for (const handle of this.#handles) {
      if (handle.kind === 'udp') serveDatagrams(handle.socket, this.#dns, this.#limit);
      else if (handle === streams) serveStreams(handle.server, this.#dns, this.#limit);
      else if (this.#tls !== null && this.#certificates !== null)
        serveTls(handle.server, this.#tls, this.#certificates, this.#limit);
    }
  }

  /** What the program did to them, as a problem of its check; null for nothing. */
  get problem(): string | null {
    return this.#limit.isExceeded
      ? `asked the check's own servers more than ${QUESTIONS_LIMIT} times: they were closed`
      : null;
  }

  close(): void {
    const handles = this.#handles;
    this.#handles = [];
    for (const handle of handles) {
      if (handle.kind === 'tcp') handle.server.close();
      else handle.socket.close();
    }
    this.#limit.closeAll();
  }
}

function placesOf(tls: TlsService | null): readonly ListenPlace[] {
  return [
    { kind: 'udp', hosts: [NAME_SERVER], port: DNS_PORT },
    { kind: 'tcp', hosts: [NAME_SERVER], port: DNS_PORT },
    // All of this host's addresses of both families, or of the one that there is.
    ...(tls === null ? [] : [{ kind: 'tcp', hosts: ['::', '0.0.0.0'], port: tls.port } as const]),
  ];
}

function recordsOf(tls: TlsService | null): DnsService['records'] {
  const record = { A: ['127.0.0.1'], AAAA: ['::1'], TXT: [], CNAME: null, fails: {}, truncate: false };
  // A name without a dot is one of a search domain, which has its own record.
  const names = Object.keys(tls?.hosts ?? {}).filter((name) => name.includes('.'));
  return Object.fromEntries(names.map((name) => [name, record]));
}

/** resolv.conf(5) */
function resolverFile({ search }: DnsService): string {
  return `nameserver ${NAME_SERVER}\n${search.length === 0 ? '' : `search ${search.join(' ')}\n`}`;
}
