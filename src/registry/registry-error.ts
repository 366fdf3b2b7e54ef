import * as v from 'valibot';
import { MorselError } from '../core/errors.ts';
import { escapeUnprintable } from '../core/printable.ts';
import { type HttpResponse, placeOf, readBody } from './transport/exchange.ts';

const ERROR_LIMIT_BYTES = 256 * 1024;
const SAID_LIMIT = 300;

/** distribution-spec, "Error Codes". */
const errors = v.object({
  errors: v.array(v.looseObject({ code: v.optional(v.string()), message: v.optional(v.string()) })),
});

/** What a registry refused, in its own words. `what` was to be done: `push hello:1`. */
export async function refusal(response: HttpResponse, what: string, registry: string): Promise<MorselError> {
  const said = await saidIn(response);
  const { status } = response;
  const text = said.text === '' ? '' : `: ${said.text}`;
  return new MorselError('REGISTRY', `${what}: HTTP ${status}${text}`, {
    hint: hintFor(status, said.codes, registry),
    details: { status, codes: said.codes },
  });
}

function hintFor(status: number, codes: readonly string[], registry: string): string {
  if (status === 401 || status === 403 || codes.includes('DENIED') || codes.includes('UNAUTHORIZED'))
    return `check that you may do this there; \`morsel login ${registry}\` says who you are`;
  if (status === 404)
    return 'check the name and the tag: a registry says the same of what is private and of what is not there';
  if (status === 429) return `the registry limits how often it is asked: try again later, or log in to it`;
  if (status >= 500) return 'the registry itself fails: try again later';
  return 'the registry does not take it: its own words say why';
}

interface Said {
  readonly text: string;
  readonly codes: readonly string[];
}

async function saidIn(response: HttpResponse): Promise<Said> {
  try {
    const bytes = await readBody(response, ERROR_LIMIT_BYTES);
    const found = v.safeParse(errors, JSON.parse(bytes.toString('utf8')));
    if (!found.success) return { text: '', codes: [] };
    const lines = found.output.errors.map(({ code = '', message = '' }) => `${code} ${message}`.trim());
    return {
      text: escapeUnprintable(lines.join('; ')).slice(0, SAID_LIMIT),
      codes: found.output.errors.flatMap(({ code }) => code ?? []),
    };
  } catch {
    return { text: '', codes: [] }; // a proxy's page, or nothing: the status says it
  }
}

/** Codes of node's TLS for a certificate that is not to be trusted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|ERR_TLS_CERT|HOSTNAME_MISMATCH/;

/** A failure of the network as an error; a MorselError stays what it is. */
export function networkError(error: unknown, url: URL): MorselError {
  if (error instanceof MorselError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const what = `${placeOf(url)} cannot be reached: ${causeText(code, message, url)}`;
  return new MorselError('NETWORK', what, { cause: error, hint: networkHint(code ?? '', url) });
}

function causeText(code: string | undefined, message: string, url: URL): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${url.host}`;
    case 'ENOTFOUND':
      return `no host is called ${url.hostname}`;
    case 'EAI_AGAIN':
      return `the name ${url.hostname} cannot be looked up now`;
    default:
      return escapeUnprintable(message === '' ? (code ?? 'no reason was given') : message).slice(
        0,
        SAID_LIMIT,
      );
  }
}

function networkHint(code: string, url: URL): string {
  if (CERTIFICATE.test(code))
    return `put the certificate of its authority into /etc/docker/certs.d/${url.host}/ca.crt, or give --insecure`;
  if (/SSL|EPROTO/.test(code)) return 'if it speaks plain http, give --insecure';
  return 'check the address and the network; behind a proxy, set HTTPS_PROXY';
}
