import * as v from 'valibot';
import { MorselError } from '../../core/errors.ts';
import { findTool } from '../../core/find-tool.ts';
import { runCommand } from '../../core/run-command.ts';
import { type Credentials, TOKEN_USER } from './credentials.ts';

/** A helper may ask a person, or a cloud. */
const HELPER_TIMEOUT_MS = 120_000;
/** docker-credential-helpers, `credentials/error.go`: it says so on stdout, and ends with 1. */
const NOT_FOUND = /credentials not found in native (?:keychain|store)|credentials not found|no credentials/i;

const answer = v.object({ Username: v.string(), Secret: v.string() });

/**
 * What `docker-credential-NAME get` answers for a registry; null where it has none. Errors: TOOLCHAIN_MISSING names a
 * helper that is not installed, which others call "no basic auth credentials"; REGISTRY for one that fails.
 */
export async function askHelper(
  name: string,
  server: string,
  signal: AbortSignal | undefined,
): Promise<Credentials | null> {
  const { exitCode, stdout, stderr } = await callHelper(name, 'get', server, signal);
  if (exitCode !== 0) {
    const said = `${stdout}\n${stderr}`.trim();
    if (NOT_FOUND.test(said)) return null;
    throw failed(name, 'get', said);
  }
  const found = v.safeParse(answer, parsed(stdout));
  if (!found.success) throw failed(name, 'get', 'its answer has no Username and Secret');
  const { Username: username, Secret: secret } = found.output;
  if (username === TOKEN_USER) return { kind: 'token', token: secret };
  return { kind: 'password', username, password: secret };
}

/** Error: REGISTRY also where the helper only reads, as those of clouds do. */
export async function storeInHelper(
  name: string,
  server: string,
  { username, password }: Extract<Credentials, { kind: 'password' }>,
): Promise<void> {
  const input = JSON.stringify({ ServerURL: server, Username: username, Secret: password });
  const { exitCode, stdout, stderr } = await callHelper(name, 'store', input, undefined);
  if (exitCode !== 0) throw failed(name, 'store', `${stdout}\n${stderr}`.trim());
}

/** Harmless where it has none. */
export async function eraseFromHelper(name: string, server: string): Promise<void> {
  const { exitCode, stdout, stderr } = await callHelper(name, 'erase', server, undefined);
  const said = `${stdout}\n${stderr}`.trim();
  if (exitCode !== 0 && !NOT_FOUND.test(said)) throw failed(name, 'erase', said);
}

async function callHelper(
  name: string,
  verb: 'get' | 'store' | 'erase',
  stdin: string,
  signal: AbortSignal | undefined,
): ReturnType<typeof runCommand> {
  const program = `docker-credential-${name}`;
  // The name comes from a file, and becomes part of a program's.
  if (!/^[\w.-]+$/.test(name) || findTool(program) === null) {
    throw new MorselError('TOOLCHAIN_MISSING', `${program} is not installed`, {
      hint: `docker's configuration names it (credsStore or credHelpers): install it, or remove it there`,
    });
  }
  return runCommand(
    { program, args: [verb], purpose: `ask ${program}` },
    { stdin, signal, timeoutMs: HELPER_TIMEOUT_MS },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the caller says that it is no answer
  }
}

/** What it said may be a secret in `store`: the first line of others only. */
function failed(name: string, verb: string, said: string): MorselError {
  const line = verb === 'store' ? '' : (said.split('\n')[0] ?? '').slice(0, 200);
  return new MorselError(
    'REGISTRY',
    `docker-credential-${name} ${verb} failed${line === '' ? '' : `: ${line}`}`,
    {
      hint: `try it: echo REGISTRY | docker-credential-${name} get`,
    },
  );
}
