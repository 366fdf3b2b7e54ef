import { isIPv4, isIPv6 } from 'node:net';
import { MorselError } from '../../core/errors.ts';

/** What a HEALTHCHECK asks, and how often; what is null is left to the engine. */
export interface HealthQuestion {
  /** As the probe takes it: `http://:8080/healthz`, `tcp://[::1]:5432`. */
  readonly url: string;
  readonly intervalMs: number | null;
  /** The probe's own limit too; whole seconds. */
  readonly timeoutMs: number | null;
  readonly startPeriodMs: number | null;
  readonly retries: number | null;
}

const HINT =
  'give it as http://:8080/healthz or tcp://:5432, and after commas interval=30s, timeout=5s, start-period=0s, retries=3';
/** The probe's own (PATH_MAX of its source), with room for the rest. */
const URL_CHARACTERS = 2000;
const RETRIES_LIMIT = 1000;
/** A day: what asks less often watches nothing. */
const DURATION_LIMIT_MS = 86_400_000;
/** moby refuses shorter ones: "Interval in Healthcheck cannot be less than 1ms". */
const DURATION_MINIMUM_MS = 1;

/** `URL[,interval=…][,timeout=…][,start-period=…][,retries=…]`, the words of the Dockerfile's HEALTHCHECK. Error: USAGE. */
export function parseHealth(text: string | null): HealthQuestion | null {
  if (text === null) return null;
  const [url = '', ...words] = text.split(/,(?=(?:interval|timeout|start-period|retries)=)/);
  const options = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (options.has(name)) throw refused(text, `${name} is given twice`);
    options.set(name, word.slice(at + 1));
  }
  const duration = (name: string): number | null => durationOf(text, name, options.get(name));
  const timeoutMs = duration('timeout');
  if (timeoutMs !== null && (timeoutMs < 1000 || timeoutMs % 1000 !== 0))
    throw refused(text, 'timeout is not whole seconds');
  return {
    url: checkedUrl(text, url),
    intervalMs: duration('interval'),
    timeoutMs,
    startPeriodMs: duration('start-period'),
    retries: retriesOf(text, options.get('retries')),
  };
}

/** Read as the probe reads it: no name is resolved, and nothing is decoded. */
function checkedUrl(text: string, url: string): string {
  const match = /^(http|tcp):\/\/(\[[^\]]*\]|[^:/[\]]*)(?::(\d{1,5}))?(\/[\x21-\x7e]*)?$/.exec(url);
  if (match === null || url.length > URL_CHARACTERS) throw refused(text, 'it is no address of a server');
  const [, scheme, host = '', port = scheme === 'http' ? '80' : '', path] = match;
  if (Number(port) < 1 || Number(port) > 65_535) throw refused(text, 'it names no port from 1 to 65535');
  if (scheme === 'tcp' && path !== undefined) throw refused(text, 'a connection has no path');
  if (path?.includes('#') === true) throw refused(text, 'a fragment is never sent');
  const isAddress = host.startsWith('[') ? isPlainIPv6(host.slice(1, -1)) : isIPv4(host);
  if (host === '' || host === 'localhost' || isAddress) return url;
  throw refused(
    text,
    `${JSON.stringify(host)} is neither an address nor localhost, and the probe resolves no names`,
  );
}

/** The probe knows neither zones nor an end in the form of IPv4. */
const isPlainIPv6 = (host: string): boolean => isIPv6(host) && /^[\da-f:]+$/i.test(host);

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function durationOf(text: string, name: string, written: string | undefined): number | null {
  if (written === undefined) return null;
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(written);
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (ms >= DURATION_MINIMUM_MS && ms <= DURATION_LIMIT_MS) return ms;
  // The engine's own word for none.
  if (ms === 0 && name === 'start-period') return 0;
  throw refused(text, `${name}=${written} is not a time such as 10s`);
}

function retriesOf(text: string, written: string | undefined): number | null {
  if (written === undefined) return null;
  const count = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  if (count >= 1 && count <= RETRIES_LIMIT) return count;
  throw refused(text, `retries=${written} is not a number from 1 to ${RETRIES_LIMIT}`);
}

const SHOWN_CHARACTERS = 80;

function refused(text: string, why: string): MorselError {
  return new MorselError('USAGE', `health ${JSON.stringify(text.slice(0, SHOWN_CHARACTERS))}: ${why}`, {
    hint: HINT,
  });
}
