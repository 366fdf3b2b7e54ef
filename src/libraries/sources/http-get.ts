import { setTimeout as sleep } from 'node:timers/promises';
import { MorselError } from '../../core/errors.ts';

/** From the request to the headers of the answer, and between two pieces of it. */
const SILENCE_LIMIT_MS = 30_000;
/** A mirror that is away for a moment is asked again. */
const ATTEMPTS = 3;
const PAUSE_MS = 500;

export interface GetOptions {
  /** Beyond it the answer is given up. */
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Takes what comes, in order; `start` before each attempt. */
export interface Receiver {
  start(): void;
  take(piece: Uint8Array): void;
}

/** An answer that says that the file is not there (404, 410): another mirror or version may have it. */
export class NotOnMirror extends MorselError {
  constructor(url: string, status: number) {
    super('NETWORK', `${url} is not there (HTTP ${status})`, {
      hint: 'name another mirror: MORSEL_DEBIAN_MIRROR=http://HOST/debian',
    });
  }
}

/**
 * Reads a URL, bounded in bytes and in silence, a few times where the network fails. What comes is not trusted: who
 * receives it verifies it. Errors: NETWORK, LIMIT_EXCEEDED, INTERRUPTED, and what the receiver throws.
 */
export async function httpGet(url: string, receiver: Receiver, options: GetOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      receiver.start();
      return await getOnce(url, receiver, options);
    } catch (error) {
      if (options.signal?.aborted === true) throw interrupted(url);
      if (error instanceof MorselError) throw error;
      if (attempt === ATTEMPTS) throw broken(url, error);
      await sleep(PAUSE_MS * attempt);
    }
  }
}

async function getOnce(url: string, receiver: Receiver, { limitBytes, signal }: GetOptions): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
  const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any(signals),
      // Digests are of what the mirror keeps.
      headers: { 'accept-encoding': 'identity' },
    });
    if (answer.status === 404 || answer.status === 410) throw new NotOnMirror(url, answer.status);
    if (answer.status >= 400 && answer.status < 500) throw refused(url, answer.status);
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    let sizeBytes = 0;
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
      sizeBytes += piece.length;
      if (sizeBytes > limitBytes) throw tooLarge(url, limitBytes);
      receiver.take(piece);
    }
  } catch (error) {
    if (silence.signal.aborted)
      throw new Error(`no answer for ${SILENCE_LIMIT_MS / 1000} seconds`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function refused(url: string, status: number): MorselError {
  return new MorselError('NETWORK', `${url} was refused (HTTP ${status})`, {
    hint: 'name another mirror: MORSEL_DEBIAN_MIRROR=http://HOST/debian',
  });
}

function tooLarge(url: string, limitBytes: number): MorselError {
  return new MorselError('LIMIT_EXCEEDED', `${url} answers with more than ${limitBytes} bytes`, {
    hint: 'it is not the file that was asked for: check the address, or name another mirror with MORSEL_DEBIAN_MIRROR',
  });
}

function broken(url: string, cause: unknown): MorselError {
  return new MorselError('NETWORK', `${url} cannot be read: ${reasonOf(cause)}`, {
    cause,
    hint: 'check the network; --offline uses what was downloaded before, MORSEL_DEBIAN_MIRROR names another mirror',
  });
}

/** fetch(3) of Node says "fetch failed", and the reason in its cause. */
function reasonOf(cause: unknown): string {
  const error = cause as Error & { readonly cause?: unknown };
  const inner = error.cause as (Error & { readonly code?: string }) | undefined;
  return inner?.message === undefined || inner.message === ''
    ? (inner?.code ?? error.message)
    : inner.message;
}

function interrupted(url: string): MorselError {
  return new MorselError('INTERRUPTED', `interrupted: reading ${url}`, { hint: 'start it again' });
}
