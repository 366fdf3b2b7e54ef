import type { ErrorPattern } from './error-pattern.ts';

/** What the kernel, a sandbox or the processor refuses a program, in the program's words. */
export const refusalPatterns: readonly ErrorPattern[] = [
  {
    name: 'Go: the processor is too old',
    match: /This program can only be run on AMD64 processors with v[234]/,
    causes: ['cpu-level'],
  },
  {
    name: 'threads cannot be made',
    match:
      /getaddrinfo\(\) thread failed to start|pthread_create[^\n]*(?:Operation not permitted|EPERM)|failed to spawn thread[^\n]*Operation not permitted/i,
    causes: ['clone3-refused', 'security-policy'],
  },
  {
    name: 'a privileged port',
    match:
      /bind[^\n]*permission denied|listen EACCES|EACCES: permission denied \S+:\d+|listen tcp [^\n]*: permission denied|Permission denied \(os error 13\)[^\n]*bind|bind\(\) to [^\n]+ failed \(13|\(13\)Permission denied: [^\n]*\bbind\b/i,
    causes: ['capability-missing'],
  },
  {
    name: 'a port that is taken',
    match:
      /\baddress (?:already )?in use\b|EADDRINUSE|bind\(\) to [^\n]+ failed \(98|Only one usage of each socket address/i,
    causes: ['address-in-use'],
  },
  {
    name: 'git: the repository is another user’s',
    match:
      /detected dubious ownership in repository at ['"](?<folder>[^'"\n]+)['"]|unsafe repository \(['"](?<folder2>[^'"\n]+)['"] is owned by someone else/,
    causes: ['foreign-owner'],
  },
  {
    name: 'the owner or the mode of a file may not be changed',
    match:
      /(?:change|changing) (?:permissions|ownership|owner|mode)[^\n]*?[‘'"](?<file>[^’'"\n]+)[’'"][^\n]*: Operation not permitted|EPERM: operation not permitted, f?l?ch(?:own|mod) '(?<file2>[^'\n]+)'/i,
    causes: ['file-permission', 'capability-missing'],
  },
  {
    name: 'a system call that a filter forbids (SIGSYS)',
    match: /\bBad system call\b|\bSIGSYS\b/,
    causes: ['security-policy'],
  },
  {
    name: 'an operation is not permitted',
    match: /operation not permitted/i,
    causes: ['capability-missing', 'security-policy'],
  },
];
