import { Writable } from 'node:stream';
import { writeOutput } from './standard-streams.ts';
import { text } from './text.ts';

/** What a person is asked at the terminal. */
const QUESTIONS = { username: text`Username: `, password: text`Password: ` } as const;

/** One line of the terminal, which shows what is typed; of a password, nothing is shown. */
export async function ask(what: keyof typeof QUESTIONS): Promise<string> {
  const isSecret = what === 'password';
  const { createInterface } = process.getBuiltinModule('node:readline');
  writeOutput(2, QUESTIONS[what]);
  // With a terminal of its own, readline takes the echo over, and this one goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    output: nowhere,
    terminal: isSecret,
    historySize: 0,
  });
  try {
    return await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
  } finally {
    lines.close();
    if (isSecret) writeOutput(2, text`\n`);
  }
}
