import { CLI, cleanEnvironment } from './built-cli.ts';
import { type Act, inTerminal } from './in-terminal.ts';
import { screenOf } from './terminal-screen.ts';

export interface TerminalOptions {
  readonly columns: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly acts?: readonly Act[];
}

export interface MorselSession {
  /** Everything, as the terminal got it. */
  readonly written: string;
  /** What it shows at the end. */
  readonly screen: readonly string[];
  /** Each state of the line that is drawn over, once. */
  readonly frames: readonly string[];
  readonly exitCode: number;
}

/** A build of a standard library may be among what is waited for; the test's own limit ends it before. */
const LIMIT_SECONDS = 3600;

/** The built CLI at a real terminal of so many columns. */
export async function morselAtTerminal(
  args: readonly string[],
  { columns, cwd, env = {}, acts = [] }: TerminalOptions,
): Promise<MorselSession> {
  const { written, exitCode } = await inTerminal([process.execPath, CLI, ...args], acts, {
    env: { ...cleanEnvironment({ TERM: 'xterm' }), ...env },
    cwd,
    size: [50, columns],
    limitSeconds: LIMIT_SECONDS,
    showsKeys: false,
  });
  // The terminal's own: a line feed brings the cursor to the first column as well.
  const text = written.replaceAll('\r\n', '\n');
  return { written: text, screen: screenOf(text), frames: framesOf(text), exitCode };
}

function framesOf(written: string): readonly string[] {
  const drawn = written.split('\r\u001B[K').map((part) => screenOf(part)[0] ?? '');
  return [...new Set(drawn.filter((part) => /^[-\\|/] /.test(part)))];
}
