/**
 * The one error type for everything that a user or their input can cause.
 * A code is stable: scripts match on it. The exit code of each is decided in `exit-codes.ts`.
 */
export type ErrorCode =
  // usage and configuration
  | 'USAGE'
  | 'CONFIG_INVALID'
  | 'NOT_FOUND'
  | 'UNREADABLE'
  | 'NO_PROJECT'
  | 'AMBIGUOUS_PROJECT'
  | 'NOT_AN_EXECUTABLE'
  | 'UNSUPPORTED'
  // bytes that are not what they claim to be
  | 'ELF_INVALID'
  | 'TAR_INVALID'
  | 'IMAGE_INVALID'
  | 'DIGEST_MISMATCH'
  | 'SIGNATURE_INVALID'
  | 'LIMIT_EXCEEDED'
  // building
  | 'COMPILE_FAILED'
  | 'LIBRARY_BUILD_FAILED'
  | 'NO_RUNG'
  | 'PROOF_FAILED'
  | 'SIZE_EXCEEDED'
  | 'WONT_RUN'
  // this machine
  | 'TOOLCHAIN_MISSING'
  | 'SANDBOX_MISSING'
  | 'SANDBOX_FAILED'
  | 'DISK_FULL'
  | 'WRITE_FAILED'
  // outside
  | 'NETWORK'
  | 'REGISTRY'
  | 'ENGINE_FAILED'
  | 'INTERRUPTED';

export interface MorselErrorOptions {
  /** What the user can do now; one sentence, a command where there is one. */
  readonly hint: string;
  readonly cause?: unknown;
  /** Machine-readable facts, printed with `--format json`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An expected failure: what and where in `message`, what to do now in `hint`, the reason in `cause`. */
export class MorselError extends Error {
  override readonly name = 'MorselError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: MorselErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }
}
