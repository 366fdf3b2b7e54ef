import type { MorselEvent } from '../../core/events.ts';
import { listNames } from '../../core/list-names.ts';
import { formatBytes, formatDuration } from './format-size.ts';
import { firm, paint, type Text, text } from './text.ts';

const STATUS_COLOR = { passed: 'green', failed: 'red', unclear: 'yellow' } as const;

/** The line that an event leaves behind; null where there is none. */
export function eventLine(event: MorselEvent, verbose: boolean): Text | null {
  switch (event.kind) {
    case 'project-detected':
      return text`${paint('bold', event.name)}: ${event.detail}`;
    case 'rung-started':
      return verbose ? text`${event.rung}:` : null;
    case 'row-started':
      return text`${paint('bold', event.row)} (${event.number} of ${event.rows})`;
    case 'platform-started':
      return text`${paint('bold', event.platform)} (${event.number} of ${event.platforms})`;
    case 'path-started':
      return text`${paint('bold', event.path)} (${event.number} of ${event.paths})`;
    case 'rung-rejected':
      return text`${paint('yellow', event.rung)}: ${event.reason}`;
    case 'rung-built':
      return text`${paint('cyan', event.rung)}: ${formatBytes(event.uncompressedBytes)} in ${event.files} file${event.files === 1 ? '' : 's'} (${formatBytes(event.compressedBytes)} compressed)`;
    case 'command-started':
      return verbose ? text`  ${paint('dim', text`$ ${firm(event.command)}`)}` : null;
    case 'command-progress':
      return null; // the status has it
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
