import type { ErrorPattern } from './error-pattern.ts';

/** Reasons that kubectl shows. More exact texts (runc's, in the events) win over these. */
export const kubernetesReasonPatterns: readonly ErrorPattern[] = [
  {
    name: 'Kubernetes: runAsNonRoot and a user given by name',
    match: /container has runAsNonRoot and image has non-numeric user \(?(?<user>[^\s),]+)?/i,
    causes: ['non-numeric-user'],
  },
  {
    name: 'Kubernetes: runAsNonRoot and root',
    match:
      /container has runAsNonRoot and image will run as root|container's runAsUser breaks non-root policy/i,
    causes: ['runs-as-root'],
  },
  {
    name: 'Kubernetes: OOMKilled',
    match: /OOMKilled/,
    causes: ['out-of-memory'],
  },
];

/** States that kubectl shows, which say least of all. */
export const kubernetesStatePatterns: readonly ErrorPattern[] = [
  {
    name: 'Kubernetes: the image cannot be pulled',
    match: /ImagePullBackOff|ErrImagePull|InvalidImageName/,
    causes: ['image-pull', 'wrong-architecture'],
  },
  {
    name: 'Kubernetes: the container could not be made or started',
    match: /CreateContainerError|RunContainerError|CreateContainerConfigError|StartError|ContainerCannotRun/,
    causes: [
      'command-not-found',
      'shell-form-without-shell',
      'not-executable',
      'no-command',
      'non-numeric-user',
      'runs-as-root',
      'user-not-in-passwd',
      'working-directory',
    ],
  },
  {
    name: 'Kubernetes: the container ends again and again',
    match: /CrashLoopBackOff|back-off restarting failed container/i,
    causes: [
      'missing-interpreter',
      'missing-library',
      'wrong-architecture',
      'version-too-old',
      'command-not-found',
      'not-executable',
      'program-decided',
      'crash',
      'out-of-memory',
    ],
  },
];
