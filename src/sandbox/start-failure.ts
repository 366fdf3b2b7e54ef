import type { Errno } from './launcher/errno.ts';

/** Why a program was never started; `message` says it in docker's words: `exec /hello: no such file or directory`. */
export type StartFailure =
  | ExecFailure
  /** The working directory cannot be entered. */
  | { readonly kind: 'chdir'; readonly errno: Errno; readonly message: string }
  | { readonly kind: 'no-command'; readonly message: string };

/** What execve(2) answered; or what it would have, where no file is found for the name. */
export interface ExecFailure {
  readonly kind: 'exec';
  readonly errno: Errno;
  readonly message: string;
}
