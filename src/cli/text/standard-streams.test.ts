import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'esbuild';
import { hasTool } from '../../../test/reference-tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'morsel-streams-'));
const program = join(folder, 'program.cjs');
const LINES = 20_000;

/** Real descriptors, so real processes: many lines to one of them, then a word on the other. */
beforeAll(async () => {
  await build({
    stdin: {
      contents: `
        import { writeOutput } from ${JSON.stringify(join(import.meta.dirname, 'standard-streams.ts'))};
        import { text } from ${JSON.stringify(join(import.meta.dirname, 'text.ts'))};
        const to = Number(process.argv[2]);
        for (let line = 0; line < ${LINES}; line++) writeOutput(to, text\`line \${line}\\n\`);
        writeOutput(to === 1 ? 2 : 1, text\`done\`);`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const shell = (line: string): { stdout: string; stderr: string } =>
  spawnSync('sh', ['-c', line], {
    encoding: 'utf8',
    env: { ...process.env, P: program, N: process.execPath },
  });

describe('writeOutput', () => {
  it.each([1, 2])('writes all to descriptor %d, in order, to a reader that is late', (to) => {
    const redirect = to === 1 ? '' : '2>&1 >/dev/null';
    const { stdout } = shell(`"$N" "$P" ${to} ${redirect} | (sleep 0.3; cat)`);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('line '))).toEqual(
      Array.from({ length: LINES }, (_, index) => `line ${index}`),
    );
  });

  it.skipIf(!hasTool('python3'))('writes all to a pipe that does not block', () => {
    const script = join(folder, 'pipe.py');
    writeFileSync(script, NON_BLOCKING);
    const { stdout } = shell(`python3 ${script} "$N" "$P" 1`);
    expect(stdout.trim()).toBe(`${LINES} lines, exit 0`);
  });

  it('ends without a word when the reader of stdout has left', () => {
    expect(shell('"$N" "$P" 1 | head -1')).toMatchObject({ stdout: 'line 0\n', stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('fails where the answer is lost, and not for a lost note', () => {
    expect(shell('"$N" "$P" 1 >/dev/full').stderr).toContain('cannot be written to stdout (ENOSPC)');
    expect(shell('"$N" "$P" 2 2>/dev/full').stdout).toBe('done');
  });

  it('goes on when the reader of stderr has left', () => {
    expect(shell('{ "$N" "$P" 2 2>&3 | cat >&4; } 3>&1 4>&2 | head -1').stderr).toBe('done');
  });
});

const NON_BLOCKING = `
import fcntl, os, subprocess, sys, time
reader, writer = os.pipe()
fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
child = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
time.sleep(0.5)
data = b''
while chunk := os.read(reader, 65536):
    data += chunk
print(data.count(b'\\n'), 'lines, exit', child.wait())
`;
