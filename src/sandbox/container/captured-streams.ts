import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { HeadBuffer } from './head-buffer.ts';
import { makeFifos } from './make-fifos.ts';

/**
 * The program's stdout and stderr, as pipes: a program may open /dev/stdout anew, as servers do for their logs, which no
 * socket lets it (Node's own `pipe` is one), nor a pipe that is another user's. They have names in the run's folder, which
 * only this user may enter, and the program is not there.
 */
export class CapturedStreams {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  /** When nobody is left that could write. */
  readonly ended: Promise<unknown>;

  constructor(folder: string, limitBytes: number) {
    const [out, err] = [join(folder, 'stdout'), join(folder, 'stderr')] as const;
    makeFifos([out, err], '666');
    this.stdout = new CapturedStream(out, limitBytes);
    this.stderr = new CapturedStream(err, limitBytes);
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

  constructor(path: string, limitBytes: number) {
    this.kept = new HeadBuffer(limitBytes);
    const reader = new Socket({
      fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    this.descriptor = openSync(path, constants.O_WRONLY);
    reader.on('data', (chunk: Buffer) => this.kept.push(chunk));
    this.ended = finished(reader, { writable: false }).catch(() => {});
  }

  letGo(): void {
    closeSync(this.descriptor);
  }
}
