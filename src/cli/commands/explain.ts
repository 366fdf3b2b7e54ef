import { type Command } from 'commander';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from './command-context.ts';
import { formatExplanation } from '../text/explain-report.ts';
import { splitExplainWords } from './explain-words.ts';
import { type Format, formatOption, IMAGE_SYNTAX, OF_AN_INDEX, platformOption } from './options.ts';

import { printReport } from '../text/print.ts';
import { printDocument } from '../text/documents.ts';

export function addExplainCommand(program: Command, context: CommandContext): Command {
  return program
    .command('explain')
    .summary('why a container does not start, and the fix')
    .description(
      'Give it an image, the text of an error, or both. An image alone: what will go wrong. A text alone: its possible\n' +
        'causes in order. Both: which one it is. `-` reads the text from stdin.',
    )
    .argument('<target-or-text...>', 'archive or layout (:NAME), directory or executable; and the error text')
    .addOption(platformOption(OF_AN_INDEX))
    .addOption(formatOption())
    .addHelpText('after', IMAGE_SYNTAX)
    .addHelpText('after', '\nExample:\n  morsel explain app.tar "exec /app: no such file or directory"')
    .action((words: readonly string[], flags: ExplainFlags) => runExplain(words, flags, context));
}

interface ExplainFlags {
  readonly platform?: string;
  readonly format: Format;
}

async function runExplain(
  words: readonly string[],
  { platform, format }: ExplainFlags,
  context: CommandContext,
): Promise<void> {
  const { explain, isLocation } = await import('../../index.ts');
  const here = new Set<string>();
  for (const word of words) if (await isLocation(word)) here.add(word);
  const { target, texts } = splitExplainWords(words, (word) => here.has(word));
  const read = texts.map(async (word) => (word === '-' ? readStdin() : word));
  const errorText = (await Promise.all(read)).join('\n');
  const explanation = await explain({
    target,
    platform,
    errorText: errorText === '' ? undefined : errorText,
  });
  // A text that is not known has no answer, which a script must not take for "nothing is wrong".
  const isUnknown = errorText !== '' && explanation.recognised.length === 0;
  if (explanation.certainty === 'decided' || isUnknown) context.exitCode = EXIT.no;
  if (format === 'json') return printDocument('explain', explanation);
  printReport(formatExplanation(explanation));
}

/** An error text is a page at most; a log that is piped in is cut, not refused. */
const STDIN_LIMIT_BYTES = 1024 * 1024;

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > STDIN_LIMIT_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, STDIN_LIMIT_BYTES);
}
