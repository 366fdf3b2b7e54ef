import { writeSync } from 'node:fs';
import { MorselError } from '../../core/errors.ts';
import { isDiskFull } from '../../core/write-error.ts';
import type { Text } from './text.ts';

type OutputDescriptor = 1 | 2;

const STREAMS = { 1: 'stdout', 2: 'stderr' } as const;
/** Descriptors that have answered EAGAIN: from then on Node's stream keeps what does not fit, and the order. */
const slow = new Set<OutputDescriptor>();

/**
 * Writes to stdout or stderr. Not by `process.stdout`: to make that stream takes Node a tenth of its own start. A reader
 * that leaves early (`morsel … | head -1`) is no failure; one of the notes on stderr ends nothing.
 *
 * @param columns where lines are broken; null: nowhere.
 */
export function writeOutput(descriptor: OutputDescriptor, text: Text, columns: number | null = null): void {
  writeRaw(descriptor, Buffer.from(text.wrapped(columns)));
}

/** Bytes as they are, for who computes their digest; never to a terminal, which would obey them. */
export function writeBytes(bytes: Buffer): void {
  writeRaw(1, bytes);
}

function writeRaw(descriptor: OutputDescriptor, bytes: Buffer): void {
  let rest = bytes;
  try {
    while (rest.length > 0 && !slow.has(descriptor)) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return readerLeft(descriptor);
    if (code !== 'EAGAIN') return cannotWrite(descriptor, error);
    slow.add(descriptor);
    process[STREAMS[descriptor]].on('error', (late: NodeJS.ErrnoException) => {
      if (late.code !== 'EPIPE') throw late;
      readerLeft(descriptor);
    });
  }
  if (rest.length > 0) process[STREAMS[descriptor]].write(rest);
}

/** Whether a stream of Node may still hold something: then the process must not be ended, but end. */
export const hasUnwrittenOutput = (): boolean => slow.size > 0;

/** The answer is lost, which is a failure; notes are not worth one, and a complaint would go the same way. */
function cannotWrite(descriptor: OutputDescriptor, cause: unknown): void {
  if (descriptor === 2) return;
  const { code } = cause as NodeJS.ErrnoException;
  const isFull = isDiskFull(code);
  throw new MorselError(
    isFull ? 'DISK_FULL' : 'WRITE_FAILED',
    `the result cannot be written to stdout (${code})`,
    { cause, hint: `${isFull ? 'free some space there, or ' : ''}let stdout go to another place` },
  );
}

function readerLeft(descriptor: OutputDescriptor): void {
  if (descriptor === 1) process.exit(0);
}
