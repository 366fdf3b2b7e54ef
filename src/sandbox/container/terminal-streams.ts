import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { findTool } from '../../core/find-tool.ts';
import { assembleProgram } from '../launcher/assemble-program.ts';
import { resizeStep } from '../launcher/terminal-steps.ts';
import { requireMachine } from '../sandbox-machine.ts';
import { type Terminal, windowSize } from '../terminal.ts';
import { HeadBuffer } from './head-buffer.ts';
import { openNull } from './null-device.ts';
import type { ProgramStreams } from './program-streams.ts';

/** Ctrl-C, as a terminal in raw mode gives it. */
const INTERRUPT = 0x03;

/** A terminal of the program's own, connected with this process's: what is typed goes there, what is drawn comes back. */
export class TerminalStreams implements ProgramStreams {
  // The launcher opens the terminal in their places.
  readonly stdin = openNull();
  readonly stdout = this.stdin;
  readonly stderr = this.stdin;
  readonly terminal: number;
  readonly handedOver = [this.stdin];
  readonly keptOutput = new HeadBuffer(0);
  readonly keptErrors = new HeadBuffer(0);
  readonly ended: Promise<unknown>;
  /** Called for each Ctrl-C that is typed, which the program gets as well. */
  onInterrupt: () => void = () => {};
  readonly #folder: string;
  readonly #own: ReadStream;
  readonly #typed = (bytes: Buffer): void => {
    this.#own.write(bytes);
    if (bytes.includes(INTERRUPT)) this.onInterrupt();
  };
  readonly #resized = (): void => this.#resize();

  constructor({ fd }: Terminal, folder: string) {
    this.#folder = folder;
    this.terminal = fd;
    this.#own = new ReadStream(fd);
    this.ended = new Promise<void>((resolve) => {
      // When the last program has closed its end, a read fails with EIO.
      this.#own.on('error', () => this.#own.destroy());
      this.#own.on('close', () => resolve());
    });
    this.#connect();
  }

  /** The terminal's lines and its Ctrl-C are the program's now. */
  #connect(): void {
    this.#own.on('data', (bytes: Buffer) => {
      if (process.stdout.write(bytes)) return;
      this.#own.pause();
      process.stdout.once('drain', () => this.#own.resume());
    });
    process.stdin.setRawMode(true);
    passLinesUnchanged();
    process.stdin.on('data', this.#typed);
    process.stdin.resume();
    process.on('SIGWINCH', this.#resized);
  }

  release(): void {
    process.off('SIGWINCH', this.#resized);
    process.stdin.off('data', this.#typed);
    process.stdin.pause();
    process.stdin.setRawMode(false);
  }

  /** Node has no ioctl(2): a program of one system call is started with the terminal. */
  #resize(): void {
    const program = join(this.#folder, 'resize');
    const leave = { name: 'leave', call: 'exit_group', args: [0] } as const;
    try {
      const bytes = assembleProgram(requireMachine(), [resizeStep(OWN_FD, windowSize()), leave], {
        fd: 2,
        firstStep: 0,
      });
      // Written anew under its name: one that still runs keeps its file.
      writeFileSync(program, bytes, { mode: 0o755 });
      spawn(program, [], { stdio: ['ignore', 'ignore', 'ignore', this.terminal], env: {} }).on(
        'error',
        () => {},
      );
    } catch {
      // the program's idea of the size stays the old one
    }
  }
}

/**
 * libuv's raw mode still makes CR LF of each LF that is written (uv_tty_set_mode), which the program's terminal has done where
 * it is to be done. `setRawMode(false)` takes that back with the rest.
 */
function passLinesUnchanged(): void {
  const stty = findTool('stty');
  if (stty !== null) spawnSync(stty, ['-opost'], { stdio: [0, 'ignore', 'ignore'] });
}

/** Where `resize` has the terminal. */
const OWN_FD = 3;
