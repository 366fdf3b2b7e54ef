import { spawn } from 'node:child_process';

/** One act in a terminal: once `after` was printed (or `waitMs` have gone by), something is typed or done. */
export interface Act {
  readonly after?: string;
  readonly waitMs?: number;
  readonly type?: string;
  /** Of the terminal, from then on. */
  readonly size?: readonly [rows: number, columns: number];
  /** To the process that was started. */
  readonly signal?: number;
}

export interface TerminalSession {
  /** The same as the terminal got it. */
  readonly written: string;
  /** Whatever was drawn, with lines that end as they do elsewhere. */
  readonly screen: string;
  /** 128 + N for signal N. */
  readonly exitCode: number;
}

/** Python's pty module is the nearest thing to a person at a terminal: the process has it as its controlling one. */
const DRIVER = `
import fcntl, json, os, pty, select, struct, sys, termios, time
plan = json.load(sys.stdin)
ECHOCTL = 0o1000 # asm-generic/termbits.h; Python has no name for it
def resize(fd, rows, columns): fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    resize(0, *plan['size'])
    if not plan['showsKeys']:
        mode = termios.tcgetattr(0)
        mode[3] &= ~ECHOCTL
        termios.tcsetattr(0, termios.TCSANOW, mode)
    if plan['cwd'] is not None: os.chdir(plan['cwd'])
    os.execve(plan['argv'][0], plan['argv'], plan['env'])
out, seen, last, started = b'', 0, time.time(), time.time()
acts = plan['acts']
while True:
    if select.select([fd], [], [], 0.05)[0]:
        try: data = os.read(fd, 65536)
        except OSError: break
        if not data: break
        out += data
    if acts:
        act = acts[0]
        at = out.find(act['after'].encode(), seen) if 'after' in act else -1
        if at >= 0 or 'after' not in act and time.time() - last > act.get('waitMs', 0) / 1000:
            acts.pop(0)
            last = time.time()
            if at >= 0: seen = at + len(act['after'])
            if 'size' in act: resize(fd, *act['size'])
            if 'signal' in act: os.kill(pid, act['signal'])
            if 'type' in act: os.write(fd, act['type'].encode())
    if time.time() - started > plan['limit']:
        os.kill(pid, 9)
        break
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
json.dump({'written': out.decode(errors='replace'), 'exitCode': code if code >= 0 else 128 - code}, sys.stdout)
`;

export interface TerminalOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly size?: readonly [rows: number, columns: number];
  /** After which the process is killed. */
  readonly limitSeconds?: number;
  /** `^C` stands where it was typed, as by default. */
  readonly showsKeys?: boolean;
}

/** Runs a program in a terminal of its own, and acts there. */
export function inTerminal(
  argv: readonly string[],
  acts: readonly Act[],
  { env, cwd, size = [24, 80], limitSeconds = 60, showsKeys = true }: TerminalOptions,
): Promise<TerminalSession> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', DRIVER], { stdio: ['pipe', 'pipe', 'inherit'] });
    let answer = '';
    child.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', () => {
      const session = JSON.parse(answer) as Omit<TerminalSession, 'screen'>;
      resolve({ ...session, screen: session.written.replaceAll('\r', '') });
    });
    child.stdin.end(
      JSON.stringify({ argv, env, cwd: cwd ?? null, size, acts, limit: limitSeconds, showsKeys }),
    );
  });
}
