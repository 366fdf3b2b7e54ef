/** A program to start, as data: plans are made of these, printed by `--plan`, and performed by `run-command.ts`. */
export interface Command {
  /** A name looked up in PATH, or an absolute path. */
  readonly program: string;
  /** Its arguments, one word each. */
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd?: string;
  /** Added to the environment that the runner gives; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What this step is for, in the user's words: `compile hello.c with musl-gcc`. */
  readonly purpose: string;
  /** What it makes once and keeps, in words; its next run has nothing to do. */
  readonly once?: string;
}

/** The command as a line that can be pasted into a POSIX shell. */
export function formatCommand(command: Command): string {
  const env = Object.entries(command.env ?? {}).map(([key, value]) =>
    value === undefined ? `-u ${key}` : `${key}=${quote(value)}`,
  );
  const words = [command.program, ...command.args].map(quote);
  const prefix = env.length > 0 ? ['env', ...env] : [];
  const line = [...prefix, ...words].join(' ');
  return command.cwd === undefined ? line : `cd ${quote(command.cwd)} && ${line}`;
}

function quote(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
