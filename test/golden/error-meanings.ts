import type { ErrorCode } from '../../src/core/errors.ts';

/**
 * What each code means to a reader of docs/reference/exit-codes.md. Total, so that a new code does not compile until
 * someone has said what it is for.
 */
export const ERROR_MEANINGS: Readonly<Record<ErrorCode, string>> = {
  USAGE: 'a flag or an argument that the command does not take, or a value that it cannot use',
  CONFIG_INVALID: '`morsel.json`, or a file that it names, does not say what it should; the field is named. YAML that is none; the line is named',
  NOT_FOUND: 'the path does not exist',
  UNREADABLE: 'the path exists and cannot be read, or is a device or directory where a file is wanted',
  NO_PROJECT: 'the directory holds nothing that morsel can build',
  AMBIGUOUS_PROJECT: 'several binaries or projects are there, and none was chosen; they are listed',
  NOT_AN_EXECUTABLE: 'the file is no Linux executable: text, a script, a shared library, empty',
  UNSUPPORTED: 'understood, and not something that morsel does',
  ELF_INVALID: 'an ELF file whose bytes contradict themselves: cut off, or with offsets outside the file',
  TAR_INVALID: 'an archive or layer whose bytes are not a tar stream, or that would leave its root',
  IMAGE_INVALID: 'an index, manifest or config that is not what the specification says',
  DIGEST_MISMATCH: 'bytes whose digest is not the one that names them',
  SIGNATURE_INVALID: "an archive's list of files that its keys have not signed, or that has expired",
  LIMIT_EXCEEDED: 'a count or size above the bound that morsel sets for untrusted input; the bound is named',
  COMPILE_FAILED: "the project's own compiler or build tool failed; its output is shown",
  LIBRARY_BUILD_FAILED: 'a library that morsel compiles from its sources did not compile; the tool is quoted and its log named',
  NO_RUNG: 'no rung of the ladder can hold this program; every reason is listed',
  PROOF_FAILED: 'the image was run, and did not do what its checks ask',
  SIZE_EXCEEDED: 'the image is larger than `limits` in `morsel.json` allows',
  WONT_RUN: 'the analysis says that it will not run, before anything was run',
  TOOLCHAIN_MISSING: 'a compiler or tool is not installed; the hint has the command that installs it',
  SANDBOX_MISSING: 'no sandbox works on this machine, and a proof was required',
  SANDBOX_FAILED: 'the sandbox itself failed, not the program in it',
  DISK_FULL: 'the file system has no space left; nothing half-written stays',
  WRITE_FAILED: 'the output could not be written for another reason',
  NETWORK: 'no connection, or one that broke',
  REGISTRY: 'the registry answered with an error, or wants other credentials',
  ENGINE_FAILED: 'docker or podman refused the image, or kubectl the documents',
  INTERRUPTED: 'SIGINT, SIGTERM or SIGHUP: everything was cleaned up',
};
