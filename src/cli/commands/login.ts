import { isatty } from 'node:tty';
import type { Command } from 'commander';
import { MorselError } from '../../core/errors.ts';
import type { CommandContext } from './command-context.ts';
import { printNote } from '../text/print.ts';
import { text } from '../text/text.ts';
import { insecureOption } from './options.ts';

interface LoginFlags {
  readonly username?: string;
  readonly password?: string;
  readonly passwordStdin?: boolean;
  readonly insecure?: boolean;
}

/** A token of a cloud has some thousand characters. */
const PASSWORD_LIMIT_BYTES = 64 * 1024;

export function addLoginCommand(program: Command, context: CommandContext): Command {
  return program
    .command('login')
    .summary('keep a name and a password for a registry, where docker does')
    .description(
      'Asks the registry whether it lets them in, then keeps them with docker’s credential helper, or else in\n' +
        '$DOCKER_CONFIG/config.json (~/.docker/config.json).',
    )
    .argument('<registry>', 'ghcr.io, localhost:5000, docker.io')
    .option('-u, --username <name>', 'who; asked for on a terminal')
    .option(
      '-p, --password <password>',
      'seen by others in the list of processes: better is --password-stdin',
    )
    .option('--password-stdin', 'read the password from stdin')
    .addOption(insecureOption())
    .action((registry: string, flags: LoginFlags) => runLogin(registry, flags, context));
}

export function addLogoutCommand(program: Command): Command {
  return program
    .command('logout')
    .summary('forget what was kept for a registry')
    .argument('<registry>', 'ghcr.io, localhost:5000, docker.io')
    .action(async (registry: string) => {
      const { logout } = await import('../../index.ts');
      const from = await logout(registry);
      printNote(from === null ? text`nothing was kept for ${registry}` : text`removed from ${from}`);
    });
}

async function runLogin(registry: string, flags: LoginFlags, { signal }: CommandContext): Promise<void> {
  const { login } = await import('../../index.ts');
  const { insecure } = flags;
  const canAsk = flags.passwordStdin !== true && isatty(0) && isatty(2);
  const username = flags.username ?? (canAsk ? await askFor('username') : '');
  const password =
    flags.passwordStdin === true
      ? await readPassword()
      : (flags.password ?? (canAsk ? await askFor('password') : ''));
  const kept = await login({ registry, username, password, insecure, signal });
  printNote(text`logged in to ${registry}; kept in ${kept}`);
}

async function askFor(what: 'username' | 'password'): Promise<string> {
  const { ask } = await import('../text/ask.ts');
  return ask(what);
}

/** One line, as `docker login --password-stdin` takes it. */
async function readPassword(): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > PASSWORD_LIMIT_BYTES)
      throw new MorselError('USAGE', `the password is longer than ${PASSWORD_LIMIT_BYTES} bytes`, {
        hint: 'give it alone on stdin',
      });
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
