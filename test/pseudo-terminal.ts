import { spawn } from 'node:child_process';
import { formatCommand } from '../src/core/command.ts';
import { CLI, cleanEnvironment } from './built-cli.ts';
import { screenOf } from './terminal-screen.ts';

export interface TerminalOptions {
  readonly columns: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Keys to press when what was written so far is seen; each once, in order. */
  readonly keys?: readonly { readonly after: RegExp; readonly keys: string }[];
}

export interface TerminalSession {
  /** Everything, as the terminal got it. */
  readonly written: string;
  /** What it shows at the end. */
  readonly screen: readonly string[];
  /** Each state of the line that is drawn over, once. */
  readonly frames: readonly string[];
  readonly exitCode: number | null;
}

/** The built CLI at a real terminal of so many columns, made by script(1). */
export function morselAtTerminal(
  args: readonly string[],
  options: TerminalOptions,
): Promise<TerminalSession> {
  const { columns, cwd, env = {}, keys = [] } = options;
  const line = formatCommand({ program: process.execPath, args: [CLI, ...args], purpose: '' });
  const child = spawn(
    'script',
    ['-qefc', `stty cols ${columns} rows 50 -echoctl; exec ${line}`, '/dev/null'],
    {
      cwd,
      env: { ...cleanEnvironment({ TERM: 'xterm' }), ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const left = [...keys];
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    written += piece;
    while (left[0]?.after.test(written) === true) child.stdin.write(left.shift()?.keys ?? '');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      // The terminal's own: a line feed brings the cursor to the first column as well.
      const text = written.replaceAll('\r\n', '\n');
      resolve({ written: text, screen: screenOf(text), frames: framesOf(text), exitCode });
    });
  });
}

function framesOf(written: string): readonly string[] {
  const drawn = written.split('\r\u001B[K').map((part) => screenOf(part)[0] ?? '');
  return [...new Set(drawn.filter((part) => /^[-\\|/] /.test(part)))];
}
