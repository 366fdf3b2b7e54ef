import { MorselError } from '../../core/errors.ts';
import { closeSync } from 'node:fs';
import type { RunRequest } from '../sandbox.ts';
import { CapturedStreams } from './captured-streams.ts';
import { InheritedStreams } from './inherited-streams.ts';
import type { Terminal } from '../terminal.ts';
import type { HeadBuffer } from './head-buffer.ts';
import { TerminalStreams } from './terminal-streams.ts';
import { TypedTerminal } from './typed-terminal.ts';

/** Where the program's stdin, stdout and stderr lead. */
export interface ProgramStreams {
  /** What spawn(2) is to be given for each. */
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** The other end of the program's terminal; null: it has none. */
  readonly terminal: number | null;
  /** Of the descriptors above, those that are closed once the container's processes have them. */
  readonly handedOver: readonly number[];
  /** Of what the program wrote, as much as is kept; nothing where it goes elsewhere. */
  readonly keptOutput: HeadBuffer;
  readonly keptErrors: HeadBuffer;
  /** Resolves when nobody is left that could write, and all is where it belongs. Errors: DISK_FULL, WRITE_FAILED. */
  readonly ended: Promise<unknown>;
  /** Whatever happens: this process's own streams are as they were. */
  release(): void;
}

/**
 * @param terminal the program's own, which closes with the streams.
 * @param folder the run's own.
 */
export function openStreams(
  { stdio, outputLimitBytes }: Pick<RunRequest, 'stdio' | 'outputLimitBytes'>,
  terminal: Terminal | null,
  folder: string,
): ProgramStreams {
  if (stdio.kind === 'capture') return new CapturedStreams(stdio.stdin, outputLimitBytes);
  if (stdio.kind === 'terminal') return new TypedTerminal(needed(terminal), stdio.typed, outputLimitBytes);
  return terminal === null ? new InheritedStreams() : new TerminalStreams(terminal, folder);
}

/** The container's processes have them now, or never will. */
export function letGo({ handedOver }: ProgramStreams): void {
  for (const fd of handedOver) closeSync(fd);
}

function needed(terminal: Terminal | null): Terminal {
  if (terminal !== null) return terminal;
  throw new MorselError('SANDBOX_FAILED', 'this machine gives no pseudo-terminal', {
    hint: 'mount devpts at /dev/pts, with /dev/ptmx: mount -t devpts devpts /dev/pts',
  });
}
