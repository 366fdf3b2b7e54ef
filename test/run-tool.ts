import { spawn } from 'node:child_process';

export interface ToolResult {
  /** null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ToolOptions {
  readonly cwd?: string | undefined;
  /** The whole environment; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly stdin?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** Runs a program to its end and captures what it prints. A non-zero exit is a result; a program that is absent throws. */
export function runTool(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const { cwd, uid, gid, timeoutMs = 300_000, env = process.env } = options;
    const child = spawn(program, [...args], {
      cwd,
      env,
      uid,
      gid,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => {}); // a program may leave before it has read its input
    child.stdin.end(options.stdin ?? '');
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({
        exitCode,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    });
  });
}

/** The same, and its stdout; any exit code but 0 throws with everything it said. */
export async function runToolOk(
  program: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> {
  const result = await runTool(program, args, options);
  if (result.exitCode === 0) return result.stdout;
  const said = `${result.stdout}${result.stderr}`;
  throw new Error(`${program} ${args.join(' ')} ended with ${result.exitCode ?? 'a signal'}:\n${said}`);
}
