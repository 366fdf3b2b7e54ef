import type { CauseName } from '../causes/index.ts';
import type { ErrorPattern } from './error-pattern.ts';

/** What exec(2) of a file that is there may end in, for other patterns as well. */
export const EXEC_ENOENT: readonly CauseName[] = [
  'missing-interpreter',
  'missing-script-interpreter',
  'crlf-shebang',
  'glibc-program-on-musl',
  'foreign-format',
];
const EXEC_ENOEXEC: readonly CauseName[] = [
  'wrong-architecture',
  'no-shebang',
  'empty-file',
  'damaged-program',
  'byte-order-mark',
  'long-shebang',
  'foreign-format',
  'not-a-program',
];
const EXEC_EACCES: readonly CauseName[] = [
  'not-executable',
  'directory-mode',
  'is-a-directory',
  'noexec-mount',
  'security-policy',
];
export const ABSENT: readonly CauseName[] = ['command-not-found', 'shell-form-without-shell'];

/** docker, podman, containerd and Kubernetes pass on what runc and crun say; chroot, unshare and bwrap say it shorter. */
export const ociRuntimePatterns: readonly ErrorPattern[] = [
  {
    name: 'runc, crun: /bin/sh is not found: a command in shell form, or RUN in a Dockerfile',
    match:
      /exec: \\?"(?<path>\/bin\/(?:ba)?sh)\\?": stat|executable file [`'"](?<path2>\/bin\/(?:ba)?sh)[`'"] not found/i,
    causes: ['shell-form-without-shell'],
  },
  {
    name: 'runc: the command is not found before it is started (stat)',
    match: /exec: \\?"(?<path>[^"\\]+)\\?": stat [^:]+: no such file or directory/i,
    causes: ABSENT,
  },
  {
    name: 'runc: the command is not found in PATH',
    match: /exec: \\?"(?<path>(?<started>[^"\\]+))\\?": executable file not found in \$PATH/i,
    causes: ['command-not-found', 'shell-form-without-shell', 'missing-program'],
  },
  {
    name: 'crun, podman: the command is not found',
    match: /executable file [`'"]?(?<path>[^`'"\s]+)[`'"]? not found(?: in \$PATH)?/i,
    causes: ABSENT,
  },
  {
    name: 'podman, containerd: the command is not found',
    match:
      /OCI runtime attempted to invoke a command that was not found|executable file not found in \$PATH/i,
    causes: ABSENT,
  },
  {
    name: 'crun, podman: exec fails with ENOENT',
    match:
      /exec container process \(missing dynamic library\?\) [`'"](?<path>[^`'"]+)[`'"]: No such file or directory/i,
    causes: EXEC_ENOENT,
  },
  {
    name: 'crun, podman: exec fails with ENOEXEC',
    match: /exec container process [`'"](?<path>[^`'"]+)[`'"]: Exec format error/i,
    causes: EXEC_ENOEXEC,
  },
  {
    name: 'exec fails with ENOEXEC',
    match:
      /(?:exec (?<path>[^\s:"]+): |standard_init_linux\.go:\d+: exec user process caused[^\n]*)exec format error|(?:cannot execute binary file: )?Exec format error/i,
    causes: EXEC_ENOEXEC,
  },
  {
    name: 'runc, docker: exec fails with ENOENT although the file is there',
    match:
      /(?:^|[\s"])exec (?<path>[^\s:"]+): no such file or directory|standard_init_linux\.go:\d+: exec user process caused[^\n]*no such file or directory/i,
    causes: EXEC_ENOENT,
  },
  {
    name: 'exec fails with EINVAL',
    match:
      /exec (?<path>[^\s:"]+): invalid argument|exec user process caused[^\n]*invalid argument|exec container process [`'"](?<path2>[^`'"]+)[`'"]: Invalid argument/i,
    causes: ['unmappable-segment', 'damaged-program', 'wrong-architecture'],
  },
  {
    name: 'runc: the working directory',
    match:
      /chdir to cwd \(\\?"(?<path>[^"\\]+)\\?"\) set in config\.json failed: (?:no such file|not a directory|permission denied)|mkdir [^:]+: not a directory/i,
    causes: ['working-directory', 'directory-mode'],
  },
  {
    name: 'runc, crun: exec fails with EACCES',
    match:
      /exec: \\?"(?<path>[^"\\]+)\\?": permission denied|open executable: Permission denied|exec container process [`'"](?<path2>[^`'"]+)[`'"]: Permission denied|exec (?<path3>[^\s:"]+): permission denied|exec user process caused[^\n]*permission denied|OCI permission denied/i,
    causes: EXEC_EACCES,
  },
  {
    name: 'runc: the command is a directory',
    match: /exec: \\?"(?<path>[^"\\]+)\\?": is a directory/i,
    causes: ['is-a-directory'],
  },
  {
    name: 'chroot, unshare, bwrap: exec fails with ENOENT, which these also say for a wrong architecture and an empty file',
    match:
      /(?:chroot: failed to run command|unshare: failed to execute|bwrap: execvp) [‘'"`]?(?<path>[^\s’'"`:]+)[’'"`]?: No such file or directory/i,
    causes: [...ABSENT, ...EXEC_ENOENT, ...EXEC_ENOEXEC],
  },
  {
    name: 'chroot, unshare, bwrap: exec fails with EACCES',
    match:
      /(?:chroot: failed to run command|unshare: failed to execute|bwrap: execvp) [‘'"`]?(?<path>[^\s’'"`:]+)[’'"`]?: Permission denied/i,
    causes: EXEC_EACCES,
  },
  {
    name: 'docker, podman: no command',
    match: /No command specified|no command or entrypoint provided|no CMD or ENTRYPOINT/i,
    causes: ['no-command'],
  },
  {
    name: 'docker, podman: USER is not known',
    match: /unable to find user (?<user>[^\s:]+)(?::|$)[^\n]*|no matching entries in passwd file/i,
    causes: ['user-not-in-passwd'],
  },
  {
    name: 'docker, podman: the group in USER is not known',
    match: /unable to find group (?<group>[^\s:]+)|no matching entries in group file/i,
    causes: ['group-not-in-group'],
  },
  {
    name: 'docker, podman: the image is for another platform',
    match:
      /requested image's platform \((?<platform>[^)]+)\) does not match|image platform \(.*\) does not match the expected platform|no matching manifest for (?<platform2>\S+)/i,
    causes: ['wrong-architecture'],
  },
];
