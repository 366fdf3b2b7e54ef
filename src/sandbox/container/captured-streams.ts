import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { HeadBuffer } from './head-buffer.ts';
import { takePipe } from './pipes.ts';

/** The program's stdout and stderr, as pipes: a program may open /dev/stdout anew, as servers do for their logs. */
export class CapturedStreams {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  /** When nobody is left that could write. */
  readonly ended: Promise<unknown>;

  constructor(limitBytes: number) {
    this.stdout = new CapturedStream(limitBytes);
    this.stderr = new CapturedStream(limitBytes);
    this.ended = Promise.all([this.stdout.ended, this.stderr.ended]);
  }

  /** The container's processes have them now, or never will. */
  letGo(): void {
    this.stdout.letGo();
    this.stderr.letGo();
  }
}

class CapturedStream {
  /** For the program to write to. */
  readonly descriptor: number;
  readonly ended: Promise<unknown>;
  readonly kept: HeadBuffer;

  constructor(limitBytes: number) {
    this.kept = new HeadBuffer(limitBytes);
    const { readFd, writeFd } = takePipe();
    const reader = new Socket({ fd: readFd, readable: true, writable: false });
    this.descriptor = writeFd;
    reader.on('data', (chunk: Buffer) => this.kept.push(chunk));
    this.ended = finished(reader, { writable: false }).catch(() => {});
  }

  letGo(): void {
    closeSync(this.descriptor);
  }
}
