/** In the order of the help. */
export const COMMAND_NAMES = [
  'build',
  'compare',
  'ldd',
  'inspect',
  'explain',
  'run',
  'prove',
  'push',
  'pull',
  'copy',
  'load',
  'resolve',
  'apply',
  'ls',
  'tag',
  'rm',
  'digest',
  'manifest',
  'config',
  'cat',
  'login',
  'logout',
  'doctor',
  'cache',
  'completion',
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

export const isCommandName = (word: string | undefined): word is CommandName =>
  COMMAND_NAMES.some((name) => name === word);
