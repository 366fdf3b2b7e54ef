import type { Command } from '../../core/command.ts';

/** The user's `prepare` in a copy of the sources, as they are typed there. Pure. */
export function prepareCommands(
  prepare: readonly (readonly string[])[] | undefined,
  cwd: string,
  env: Command['env'],
): readonly Command[] {
  return (prepare ?? []).flatMap(([program, ...args]) =>
    program === undefined
      ? []
      : [
          {
            program,
            args,
            cwd,
            ...(env === undefined ? {} : { env }),
            purpose: `prepare: ${[program, ...args].join(' ')}`,
          },
        ],
  );
}
