import { basename } from 'node:path';
import type { Command } from '../../../core/command.ts';
import type { EventSink } from '../../../core/events.ts';
import type { OutputWatch } from '../../../core/run-command.ts';
import { readBuildLine } from './build-lines.ts';
import { CARGO_BAR, isCargoBar, readCargoBar } from './cargo-bar.ts';
import { readGoPackage } from './go-packages.ts';
import { type OutputPart, OutputParts } from './output-parts.ts';
import { ProgressReporter } from './progress-reporter.ts';
import type { Step } from './step.ts';

/** How far a command is, by what it prints. */
export interface WatchedCommand {
  /** Added to its environment, so that it says so. */
  readonly env: Readonly<Record<string, string>>;
  readonly watch: OutputWatch;
  readonly reporter: ProgressReporter;
}

export function watchCommand(command: Command, onEvent: EventSink): WatchedCommand {
  const reporter = new ProgressReporter(command.purpose, onEvent);
  const reader = readerOf(command);
  const streams = {
    stdout: { parts: new OutputParts(), take: reader.stdout },
    stderr: { parts: new OutputParts(), take: reader.stderr },
  };
  const keep = (parts: readonly OutputPart[], take: Reader): Buffer => {
    const kept = parts.filter((part) => {
      const { step, isKept } = take(part);
      if (step !== null) reporter.step(step);
      return isKept;
    });
    return Buffer.from(kept.map(({ text, end }) => text + end).join(''), 'latin1');
  };
  return {
    env: reader.env,
    reporter,
    watch: {
      take(stream, piece) {
        const { parts, take } = streams[stream];
        return keep(parts.push(piece), take);
      },
      end(stream) {
        const { parts, take } = streams[stream];
        return keep(parts.end(), take);
      },
    },
  };
}

/** What one part of the output says, and whether it is more than that. */
type Reader = (part: OutputPart) => { readonly step: Step | null; readonly isKept: boolean };

const buildLine: Reader = ({ text }) => ({ step: readBuildLine(text), isKept: true });
const cargoBar: Reader = ({ text, end }) => ({
  step: end === '\r' ? readCargoBar(text) : null,
  isKept: end !== '\r' || !isCargoBar(text),
});
const goPackage: Reader = ({ text }) => {
  const step = readGoPackage(text);
  return { step, isKept: step === null };
};

function readerOf({ program, args }: Command): {
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: Reader;
  readonly stderr: Reader;
} {
  const name = basename(program);
  const own = { env: {}, stdout: buildLine };
  if (name === 'cargo') return { ...own, env: CARGO_BAR, stderr: cargoBar };
  if (name === 'go' && args.includes('-v')) return { ...own, stderr: goPackage };
  // A build script or a make rule may start cargo too; without its bar there is nothing to see.
  return { ...own, stderr: ({ text }) => ({ step: readBuildLine(text), isKept: true }) };
}
