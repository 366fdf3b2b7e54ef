import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleProgram } from '../launcher/assemble-program.ts';
import { connectSteps } from '../launcher/connect-steps.ts';
import { nsenterWords } from '../nsenter-words.ts';
import { requireMachine } from '../sandbox-machine.ts';
import type { ListeningSocket } from './listening-socket.ts';

/** A socket whose queue is full lets its peer wait. */
const CONNECT_LIMIT_MS = 1_000;

export interface ConnectPlace {
  /** A process in the network namespace, and in the user namespace that owns it. */
  readonly networkPid: number;
  /** A process that sees the container's root. */
  readonly rootPid: number;
  /** The run's own, for the program that connects. */
  readonly folder: string;
}

/** Whether one connection to a socket of a container could be made; it is closed at once. What is made goes with the run. */
export async function connectsInside(socket: ListeningSocket, place: ConnectPlace): Promise<boolean> {
  const words = nsenterWords(place.networkPid);
  if (words === null) return false;
  try {
    const program = join(mkdtempSync(join(place.folder, 'connect-')), 'connect');
    const steps = connectSteps(socket, place.rootPid);
    writeFileSync(program, assembleProgram(requireMachine(), steps, { fd: 2, firstStep: 0 }), {
      mode: 0o755,
    });
    return await endsWell([...words, program]);
  } catch {
    return false;
  }
}

function endsWell([program = '', ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      env: {},
      timeout: CONNECT_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
