import { Writable } from 'node:stream';

/** Asks a person at the terminal, on stderr; what is `secret` is not shown while it is typed. */
export async function ask(question: string, { secret }: { readonly secret: boolean }): Promise<string> {
  const { createInterface } = process.getBuiltinModule('node:readline');
  process.stderr.write(question);
  const shown = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!secret) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: shown, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    if (secret) process.stderr.write('\n');
  }
}
