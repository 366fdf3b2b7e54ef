import type { Outcome } from '../control/index.ts';

/**
 * The C library in the names of platforms by which programs are configured, which many print with their version
 * (`x86_64-pc-linux-musl`): of two builds it is another word, and no other behaviour. GNU triples, config.guess.
 */
const LIBC_OF_TRIPLE =
  /\b(\w{2,20}-(?:\w{1,20}-)?linux)-(?:gnu|musl)(?=(?:x32|eabi|eabihf|abi64|f32|sf)?\b)/g;

/** The same, with both C libraries' triples alike. */
export function withoutLibcName(outcome: Outcome): Outcome {
  const { stdout, stderr, answer } = outcome;
  return {
    ...outcome,
    stdout: inBytes(stdout),
    stderr: inBytes(stderr),
    answer: answer === null ? null : inText(answer),
  };
}

/** Latin-1 keeps every byte. */
function inBytes(stream: Buffer): Buffer {
  const text = stream.toString('latin1');
  const replaced = inText(text);
  return replaced === text ? stream : Buffer.from(replaced, 'latin1');
}

const inText = (text: string): string => text.replaceAll(LIBC_OF_TRIPLE, '$1-LIBC');
