import { MorselError } from '../core/errors.ts';
import { absoluteDirectories, findTool } from '../core/find-tool.ts';

export interface ApplyOptions {
  /** More words for `kubectl apply`: `--namespace`, `web`. */
  readonly words?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Its path. Error: TOOLCHAIN_MISSING. */
export function requireKubectl(): string {
  const kubectl = findTool('kubectl', absoluteDirectories(process.env['PATH'] ?? ''));
  if (kubectl !== null) return kubectl;
  throw new MorselError('TOOLCHAIN_MISSING', 'kubectl is not installed here', {
    hint: 'put it into PATH, or hand the documents to what has it: `morsel resolve -f FILE` prints them',
  });
}

/**
 * `kubectl apply -f -` with these documents as its stdin; what it says, and to whom it speaks, is its own affair. Errors:
 * TOOLCHAIN_MISSING, ENGINE_FAILED, INTERRUPTED.
 */
export async function apply(documents: string, { words = [], signal }: ApplyOptions = {}): Promise<void> {
  const kubectl = requireKubectl();
  const { exitCode, killedBy } = await run(kubectl, ['apply', '-f', '-', ...words], documents, signal);
  if (signal?.aborted === true)
    throw new MorselError('INTERRUPTED', 'interrupted: kubectl apply', {
      hint: 'start it again: what was pushed is not sent twice',
    });
  if (exitCode === 0) return;
  const end = killedBy === null ? `with exit code ${exitCode}` : `by ${killedBy}`;
  throw new MorselError('ENGINE_FAILED', `kubectl apply ended ${end}`, {
    hint: 'its own words are above; `morsel resolve -f FILE` prints what it was given',
  });
}

function run(
  program: string,
  args: readonly string[],
  stdin: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly exitCode: number | null; readonly killedBy: NodeJS.Signals | null }> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'] });
    const end = (): void => void child.kill('SIGTERM');
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) end();
    child.stdin.on('error', () => {}); // it may leave before it has read all
    child.stdin.end(stdin);
    child.on('error', (cause: NodeJS.ErrnoException) =>
      fail(
        new MorselError('TOOLCHAIN_MISSING', `${program} cannot be started (${cause.code})`, {
          cause,
          hint: 'check that it runs: `kubectl version --client`',
        }),
      ),
    );
    child.on('close', (exitCode, killedBy) => {
      signal?.removeEventListener('abort', end);
      done({ exitCode, killedBy });
    });
  });
}
