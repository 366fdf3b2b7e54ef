import type { ErrorPattern } from './error-pattern.ts';

/** `exit code 127`, `Exited (127) 3 seconds ago`, `exit status 127`, `exitCode: 127`, `rc=127`. */
const code = (value: number): RegExp =>
  new RegExp(
    `\\b(?:exit(?:ed)?|status|rc|returned)\\b[^\\n\\d]{0,24}(?<code>${value})\\b|\\bExited \\((?<code2>${value})\\)|^\\s*(?<code3>${value})\\s*$`,
    'im',
  );

/** Codes by the conventions of the shell (128 + signal) and of docker (125, 126, 127). */
export const exitCodePatterns: readonly ErrorPattern[] = [
  {
    name: 'exit 125: the runtime failed',
    match: code(125),
    causes: ['no-command', 'user-not-in-passwd', 'image-pull'],
  },
  {
    name: 'exit 126: found, but not executable',
    match: code(126),
    causes: [
      'not-executable',
      'directory-mode',
      'is-a-directory',
      'noexec-mount',
      'wrong-architecture',
      'security-policy',
    ],
  },
  {
    name: 'exit 127: not found: the command, or a library (ld.so ends with 127 too)',
    match: code(127),
    causes: [
      'command-not-found',
      'shell-form-without-shell',
      'missing-library',
      'missing-interpreter',
      'undefined-symbol',
      'glibc-program-on-musl',
      'missing-program',
    ],
  },
  { name: 'exit 132: SIGILL', match: code(132), causes: ['cpu-level', 'damaged-program', 'crash'] },
  { name: 'exit 134: SIGABRT', match: code(134), causes: ['libgcc-missing', 'no-locale', 'abort'] },
  {
    name: 'bus error',
    match: /\bbus error\b|SIGBUS/i,
    causes: ['damaged-program', 'damaged-library', 'crash'],
  },
  { name: 'exit 135: SIGBUS', match: code(135), causes: ['damaged-program', 'damaged-library', 'crash'] },
  { name: 'exit 136: SIGFPE', match: code(136), causes: ['nsswitch-module', 'crash'] },
  { name: 'killed', match: /(?:^|\s)Killed\s*$/m, causes: ['out-of-memory', 'killed-after-stop'] },
  { name: 'exit 137: SIGKILL', match: code(137), causes: ['out-of-memory', 'killed-after-stop'] },
  {
    name: 'exit 139: SIGSEGV',
    match: code(139),
    causes: [
      'damaged-program',
      'static-with-interpreter',
      'relr-on-old-musl',
      'glibc-program-on-musl',
      'foreign-format',
      'thread-stack',
      'crash',
    ],
  },
  { name: 'exit 143: SIGTERM', match: code(143), causes: ['stopped'] },
  {
    name: 'segmentation fault',
    match: /segmentation fault|SIGSEGV/i,
    causes: ['damaged-program', 'static-with-interpreter', 'relr-on-old-musl', 'thread-stack', 'crash'],
  },
  {
    name: 'illegal instruction',
    match: /illegal instruction|SIGILL/i,
    causes: ['cpu-level', 'damaged-program'],
  },
  {
    name: 'floating point exception',
    match: /floating point exception|SIGFPE/i,
    causes: ['nsswitch-module', 'crash'],
  },
  {
    name: 'exit 1 or 2: the program’s own, or an exec that failed',
    match: code(1),
    causes: [
      'missing-interpreter',
      'wrong-architecture',
      'version-too-old',
      'missing-script-interpreter',
      'crlf-shebang',
      'program-decided',
    ],
  },
];
