import type { CommandCheck } from './check.ts';
import { NO_CONDITIONS } from './conditions/conditions.ts';

/** How long the default check looks at a program that does not end. */
export const START_SECONDS = 2;

/** The check of an image that has none: it starts, and does not die of it. */
export const START_ONLY: CommandCheck = {
  kind: 'command',
  name: 'starts',
  command: [],
  args: null,
  env: {},
  stdin: null,
  exitCode: 0,
  expectedOutput: [],
  excludedOutput: [],
  expectedError: [],
  excludedError: [],
  timeoutSeconds: START_SECONDS,
  conditions: NO_CONDITIONS,
};

/** That of one program; null: of what the image itself starts. */
export function startOf(program: string | null): CommandCheck {
  return program === null ? START_ONLY : { ...START_ONLY, name: `${program} starts`, command: [program] };
}
