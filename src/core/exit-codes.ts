import type { ErrorCode } from './errors.ts';

/** The process exit codes of the CLI; a contract (docs/reference/exit-codes.md). */
export const EXIT = {
  done: 0,
  no: 1,
  usage: 2,
  build: 3,
  network: 4,
  machine: 5,
  bug: 70,
  interrupted: 130,
} as const;

/** Total over `ErrorCode`, so that a new code does not compile until someone decides its exit code. */
export const EXIT_CODE: Readonly<Record<ErrorCode, number>> = {
  USAGE: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  NOT_FOUND: EXIT.usage,
  UNREADABLE: EXIT.usage,
  NO_PROJECT: EXIT.usage,
  AMBIGUOUS_PROJECT: EXIT.usage,
  NOT_AN_EXECUTABLE: EXIT.usage,
  UNSUPPORTED: EXIT.usage,
  ELF_INVALID: EXIT.usage,
  TAR_INVALID: EXIT.usage,
  IMAGE_INVALID: EXIT.usage,
  DIGEST_MISMATCH: EXIT.usage,
  LIMIT_EXCEEDED: EXIT.usage,
  COMPILE_FAILED: EXIT.build,
  LIBRARY_BUILD_FAILED: EXIT.build,
  NO_RUNG: EXIT.build,
  PROOF_FAILED: EXIT.no,
  SIZE_EXCEEDED: EXIT.no,
  WONT_RUN: EXIT.no,
  TOOLCHAIN_MISSING: EXIT.machine,
  SANDBOX_MISSING: EXIT.machine,
  SANDBOX_FAILED: EXIT.machine,
  DISK_FULL: EXIT.machine,
  WRITE_FAILED: EXIT.machine,
  SIGNATURE_INVALID: EXIT.network,
  NETWORK: EXIT.network,
  REGISTRY: EXIT.network,
  ENGINE_FAILED: EXIT.network,
  INTERRUPTED: EXIT.interrupted,
};
