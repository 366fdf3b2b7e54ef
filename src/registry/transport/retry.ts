import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse } from './exchange.ts';

/** Of one request, the first among them. */
export const TRIES_LIMIT = 6;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;
/** What a registry may ask for with Retry-After; beyond, its answer is an error that says so. */
const RETRY_AFTER_LIMIT_MS = 120_000;

/** Of a network that comes back: node's and OpenSSL's names. A name that is not known and a refusal stay what they are. */
const PASSING: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ECONNABORTED',
]);
/** 429 and what gateways answer; 501 is a verb that the registry does not know, and stays. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

export function isPassingError(error: unknown): boolean {
  return error instanceof Error && PASSING.has((error as NodeJS.ErrnoException).code);
}

/** How long to wait before an answer is asked for again; null: it is final, or the registry asks for too long. */
export function waitAfter({ status, headers }: HttpResponse, tried: number): number | null {
  if (!PASSING_STATUS.has(status)) return null;
  const asked = retryAfterMs(headers['retry-after']);
  if (asked !== null && asked > RETRY_AFTER_LIMIT_MS) return null;
  return asked ?? backoffMs(tried);
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

/** Doubled each time, and not the same for all who were turned away at once. */
export function backoffMs(tried: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** tried, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
}

/** Ends early, without an error, when the signal comes: whoever asks next says that it came. */
export async function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(milliseconds, undefined, { ...(signal !== undefined && { signal }) }).catch(() => {});
}
