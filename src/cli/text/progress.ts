import type { EventSink, MorselEvent } from '../../core/events.ts';
import { listNames } from '../../core/list-names.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { OutputLines } from './output-lines.ts';
import { printNote } from './print.ts';
import { writeOutput } from './standard-streams.ts';
import { isLive } from './terminal.ts';
import { clip, paint, quote, type Text, text } from './text.ts';

export interface Progress {
  readonly onEvent: EventSink;
  /** Clears the live line. */
  stop(): void;
}

/** Turns events into lines on stderr: a live status line at a terminal, plain lines elsewhere, nothing when quiet. */
export function createProgress(flags: {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly format?: string;
}): Progress {
  if (flags.quiet === true || (flags.format === 'json' && flags.verbose !== true)) {
    return { onEvent: () => {}, stop: () => {} };
  }
  const verbose = flags.verbose === true;
  const live = isLive() && !verbose;
  const clear = (): void => void (live && writeOutput(2, text`\r\u001B[K`));
  const output = new OutputLines();
  const printOutput = (lines: string | null): void => {
    if (verbose && lines !== null) printNote(quote(lines, { colors: true }));
  };
  return {
    onEvent: (event) => {
      if (event.kind === 'command-output') return printOutput(output.push(event.text));
      printOutput(output.flush());
      const status = live ? liveText(event) : null;
      const line = lineOf(event, verbose);
      if (line === null && status === null) return;
      clear();
      if (line !== null) printNote(line);
      if (status !== null) writeOutput(2, paint('dim', clip(status, (process.stderr.columns ?? 80) - 1)));
    },
    stop: () => {
      printOutput(output.flush());
      clear();
    },
  };
}

function liveText(event: MorselEvent): string | null {
  if (event.kind === 'command-started') return `… ${event.purpose}`;
  if (event.kind === 'proof-started') return `… ${event.rung}: running it in ${event.sandbox}`;
  return null;
}

const STATUS_COLOR = { passed: 'green', failed: 'red', unclear: 'yellow' } as const;

function lineOf(event: MorselEvent, verbose: boolean): Text | null {
  switch (event.kind) {
    case 'project-detected':
      return text`${paint('bold', event.name)}: ${event.detail}`;
    case 'rung-started':
      return verbose ? text`${event.rung}:` : null;
    case 'rung-rejected':
      return text`${paint('yellow', event.rung)}: ${event.reason}`;
    case 'rung-built':
      return text`${paint('cyan', event.rung)}: ${formatBytes(event.uncompressedBytes)} in ${event.files} file${event.files === 1 ? '' : 's'} (${formatBytes(event.compressedBytes)} compressed)`;
    case 'command-started':
      return verbose ? text`  ${paint('dim', text`$ ${event.command}`)}` : null;
    case 'command-output':
      return null; // by lines, whatever pieces it comes in
    case 'command-finished':
      return verbose
        ? text`  ${event.purpose}: exit ${event.exitCode} after ${formatDuration(event.elapsedMs)}`
        : null;
    case 'proof-started':
      return verbose ? text`  proving in ${event.sandbox}` : null;
    case 'check-finished':
      return text`  ${paint(STATUS_COLOR[event.status], event.status)}  ${event.check}: ${event.detail}`;
    case 'observing':
      return text`  ${event.rung}: looking at what the program uses on this machine that the image lacks`;
    case 'comparing-linkage':
      return text`  ${event.rung}: comparing it with its ordinary dynamic build, since C libraries differ in ${listNames(event.functions, 3)}`;
    case 'proof-skipped':
      return text`${paint('yellow', 'not proven')}: ${event.reason}`;
    case 'finding':
      return null; // the report has them all, once
    case 'notice':
      return text`${event.message}\n  hint: ${event.hint}`;
    case 'written':
      return verbose ? text`  wrote ${event.path} (${formatBytes(event.sizeBytes)})` : null;
  }
}
