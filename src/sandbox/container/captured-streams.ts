import { finished } from 'node:stream/promises';
import { HeadBuffer } from './head-buffer.ts';
import { openNull } from './null-device.ts';
import { openInputPipe, openOutputPipe } from './pipes.ts';
import type { ProgramStreams } from './program-streams.ts';

/** What the program reads is given, and what it writes is kept. Without input it has /dev/null, as under `docker run`. */
export class CapturedStreams implements ProgramStreams {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  readonly terminal = null;
  readonly handedOver: readonly number[];
  readonly ended: Promise<unknown>;
  readonly keptOutput: HeadBuffer;
  readonly keptErrors: HeadBuffer;

  constructor(input: string | Uint8Array | undefined, limitBytes: number) {
    const [output, errors] = [keep(limitBytes), keep(limitBytes)];
    this.stdin = input === undefined ? openNull() : give(input);
    this.stdout = output.descriptor;
    this.stderr = errors.descriptor;
    this.keptOutput = output.kept;
    this.keptErrors = errors.kept;
    this.handedOver = [this.stdin, this.stdout, this.stderr];
    this.ended = Promise.all([output.ended, errors.ended]);
  }

  release(): void {}
}

interface KeptStream {
  readonly descriptor: number;
  readonly kept: HeadBuffer;
  readonly ended: Promise<unknown>;
}

function keep(limitBytes: number): KeptStream {
  const kept = new HeadBuffer(limitBytes);
  const { descriptor, own } = openOutputPipe();
  own.on('data', (chunk: Buffer) => kept.push(chunk));
  return { descriptor, kept, ended: finished(own, { writable: false }).catch(() => {}) };
}

function give(input: string | Uint8Array): number {
  const { descriptor, own } = openInputPipe();
  own.on('error', () => {}); // the program may leave before it has read its input
  own.end(input);
  return descriptor;
}
