import type { ErrorPattern } from './error-pattern.ts';
import { ABSENT, EXEC_ENOENT } from './oci-runtimes.ts';

/** A shell, or a wrapper such as env and nohup, of what it was to start: the file may be there, and its interpreter not. */
export const startedByPatterns: readonly ErrorPattern[] = [
  {
    name: 'a carriage return behind the interpreter of a script',
    match: /(?:\\r|\r|\^M)[’'"`]?: (?:No such file or directory|bad interpreter|not found)/i,
    causes: ['crlf-shebang'],
  },
  {
    name: 'a shell: the interpreter of a script',
    match:
      /(?:^|\s)(?<path>\/?[^\s:]+): (?<interpreter>[^\s:]+(?:\^M|\r)?): bad interpreter: (?:No such file or directory|Permission denied|Text file busy|not a directory)|(?:^|\s)(?<path2>\/?[^\s:]+): bad interpreter: /im,
    causes: ['missing-script-interpreter', 'crlf-shebang', 'long-shebang'],
  },
  {
    name: 'bash: the loader of the program, or the interpreter of a script',
    match: /(?:^|\s)(?<path>[^\s:]+): cannot execute: required file not found/im,
    causes: EXEC_ENOENT,
  },
  {
    name: 'env: the interpreter that a script names',
    match:
      /\benv: (?:can't execute )?[‘'"`]?(?<started>[^\s’'"`:]+)(?:\\r|\r)?[’'"`]?: No such file or directory/,
    causes: ['missing-program', 'crlf-shebang', 'missing-script-interpreter'],
  },
  {
    name: 'a shell does not find what it is to start',
    match:
      /(?:^|[\s/-])(?:ba|da|a|z|k|mk)?sh: (?:(?:line )?\d+: )?(?:exec: (?:line \d+: )?)?(?<path>(?<started>[^\s:]+)): (?:not found|command not found|No such file or directory|inaccessible or not found)|(?:\/\S+|\S+\.sh): (?:line )?\d+: (?:exec: )?(?<path2>(?<started2>[^\s:]+)): (?:not found|command not found|No such file or directory)/im,
    causes: [...EXEC_ENOENT, ...ABSENT, 'missing-program'],
  },
  {
    name: 'a path is not found, by a shell or its like',
    match: /(?:^|\s)(?<path>\.{0,2}\/[^\s:]+): not found\s*$/im,
    causes: [...EXEC_ENOENT, ...ABSENT, 'missing-program'],
  },
  {
    name: 'a program starts another one, which is not there',
    match:
      /(?:fork\/exec|posix_spawnp?|spawn|execvp?e?)[ (:]+['"]?(?<started>[^\s:'")]+)['"]?[):]* (?:no such file or directory|ENOENT|No such file)|\bsubprocess\.py", line \d+(?:[^\n]*\n){1,40}FileNotFoundError: \[Errno 2\] No such file or directory: '(?<started2>[^'\n]+)'/i,
    causes: ['missing-program', 'missing-interpreter'],
  },
  {
    name: 'coreutils, util-linux, tini: what they are to start',
    match:
      /(?:failed to (?:run command|execute)|can't execute|Can't stat) [‘'"]?(?<path>(?<started>[^\s’'":]+))[’'"]?: No such file or directory|\bnice: [‘'"](?<path2>(?<started2>[^\s’'":]+))[’'"]: No such file|\bexec (?<path3>(?<started3>\S+)) failed: No such file/,
    causes: [...EXEC_ENOENT, ...ABSENT, 'missing-program'],
  },
  {
    name: 'zsh does not find what it is to start',
    match: /\bzsh: (?:no such file or directory|command not found): (?<path>(?<started>\S+))/,
    causes: [...EXEC_ENOENT, ...ABSENT, 'missing-program'],
  },
  {
    name: 'a shell, or a wrapper, may not start it',
    match:
      /(?:^|[\s/-])(?:ba|da|a|z|k|mk)?sh: (?:(?:line )?\d+: )?(?<path>[^\s:]+): Permission denied|\bzsh: permission denied: (?<path2>\S+)|(?:failed to (?:run command|execute)|can't execute) [‘'"]?(?<path3>[^\s’'":]+)[’'"]?: Permission denied|\b(?:nice|env): [‘'"](?<path4>[^\s’'":]+)[’'"]: Permission denied/im,
    causes: ['not-executable', 'directory-mode', 'noexec-mount', 'file-permission'],
  },
];

/** A program of what it opens: the words of the languages' libraries and of perror(3). */
export const fileTexts: readonly ErrorPattern[] = [
  {
    name: 'Python: its library folder',
    match:
      /(?<python>No module named '?(?:encodings|codecs|site|os)(?:'|\s|$)|init_?fs_?encoding|Could not find platform independent libraries)/,
    causes: ['language-library'],
  },
  {
    name: 'an interpreter does not find what belongs to it',
    match:
      /Can't locate \S+ in @INC|cannot load such file -- \S+|Cannot find module '(?:node:)?[^'\n]+'|Can't find a usable init\.tcl|could not find (?:lib)?java\b|Could not find or load main class|module '[^'\n]+' not found:|ModuleNotFoundError: No module named/i,
    causes: ['language-library', 'missing-file'],
  },
  {
    name: 'Go, Node, Rust: a file is not found',
    match:
      /\b(?:open|stat|lstat|readlink|readdirent|opendir|scandir|mkdir|chdir|access|unlink|rename) ['"]?(?<file>[^\s'":]+)['"]?: no such file or directory|ENOENT: no such file or directory, \w+ '(?<file2>[^'\n]+)'/i,
    causes: ['missing-file'],
  },
  {
    name: 'Python: a file, or a program, by its name alone',
    match: /FileNotFoundError: \[Errno 2\] No such file or directory: '(?<file>(?<started>[^'/\n]+))'/,
    causes: ['missing-file', 'missing-program'],
  },
  {
    name: 'a file may not be opened, or made',
    match:
      /(?:cannot|can't|could not|unable to|failed to) (?:create|make|touch|remove|move|open|write|mkdir)[^\n]*?[‘'"` ](?<file>\.{0,2}\/[^\s’'"`:]+)[^\n]*: permission denied|PermissionError: \[Errno 13\] Permission denied: '(?<file2>[^'\n]+)'|EACCES: permission denied, \w+ '(?<file3>[^'\n]+)'|\b(?:open|mkdir|rename|remove|unlink|stat|lstat) (?<file4>[^\s:]+): permission denied|FileNotFoundException: (?<file5>\S+) \(Permission denied\)/i,
    causes: ['file-permission', 'read-only-root'],
  },
  {
    name: 'Rust: what it opens or binds is refused (EACCES)',
    match: /Permission denied \(os error 13\)|code: 13, kind: PermissionDenied/,
    causes: ['file-permission', 'capability-missing'],
  },
  {
    name: 'a file is not found',
    match:
      /FileNotFoundError: \[Errno 2\] No such file or directory: '(?<file>[^'\n]+)'|can't open file '(?<file2>[^'\n]+)'|(?:cannot|could not|can't|unable to|failed to) (?:open|access|stat|read|load|find)(?: (?:file|directory|config(?:uration)? file))? [‘'"`]?(?<file3>\.{0,2}\/?[\w@%+=.-]+(?:\/[\w@%+=.-]+)*)[’'"`]?[^\n]*(?:No such file|not found|does not exist)|FileNotFoundException: (?<file4>\S+) \(No such file|NoSuchFileException: (?<file5>\S+)|open\(\) ['"](?<file6>[^'"\n]+)['"] failed \(2|Could not find (?:a part of the path|file) ['"](?<file7>[^'"\n]+)['"]/i,
    causes: ['missing-file'],
  },
  {
    name: 'perror: a file is not found',
    match: /(?:^|[\s'"(])(?<file>\.{0,2}\/[^\s:'")]+)['")]?: No such file or directory/im,
    causes: ['missing-file', 'missing-interpreter', 'command-not-found'],
  },
  {
    name: 'a file is not found (ENOENT)',
    match:
      /No such file or directory \(os error 2\)|code: 2, kind: NotFound|\bENOENT\b|No such file or directory/i,
    causes: ['missing-file', 'missing-interpreter'],
  },
];
