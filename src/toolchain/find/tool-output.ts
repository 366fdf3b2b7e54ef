import type { CommandResult } from '../../core/run-command.ts';

/** A longer line is a command line or data, not a message: its start says what it is. */
export const MAX_LINE_CHARACTERS = 2_000;

/** The first error of a build is rarely further from its end; 1 Mi characters are read in some milliseconds. */
export const SEARCHED_CHARACTERS = 1024 * 1024;

/** What a tool printed, bounded for reading: the end of it, in lines that are cut where they are too long. */
export function outputLines(result: Streams): readonly string[] {
  return streamLines(result).flat();
}

type Streams = Pick<CommandResult, 'stdout' | 'stderr'>;

/** The same by stream, of stderr first: what goes on in the next line does so in its own. */
export function streamLines({ stdout, stderr }: Streams): readonly (readonly string[])[] {
  const texts = [stderr, stdout].filter((text) => text.trim() !== '');
  return texts.map((text) => linesOf(text.slice(-SEARCHED_CHARACTERS).trimEnd()));
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => {
    const over = line.length - MAX_LINE_CHARACTERS;
    return over <= 0 ? line : `${line.slice(0, MAX_LINE_CHARACTERS)} … (${over} characters more)`;
  });
}
