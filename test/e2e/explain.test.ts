import { describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { describeBroken } from './broken-cases.ts';
import { HELLO, imageConfig, alone, inClosedDirectory, withDirectory } from './broken-images.ts';
import { compile, temporaryDirectory } from './needs-root.ts';

const STAT =
  'docker: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/hello": stat /hello: no such file or directory: unknown.';

/** What is to be started, who may, and as whom. */
describeBroken([
  {
    name: 'no execute permission',
    tools: ['gcc'],
    make: () => alone(compile('gcc -static', HELLO), 0o644),
    said: 'exec: "/hello": permission denied: unknown.',
    cause: 'not-executable',
    evidence: /mode is 0644/,
  },
  {
    name: 'a closed directory',
    tools: ['gcc'],
    make: () => inClosedDirectory(),
    said: 'exec: "/opt/hello": permission denied: unknown.',
    cause: 'directory-mode',
    evidence: /\/opt has mode 0700/,
  },
  {
    name: 'no such file',
    tools: [],
    make: () => ({ directory: temporaryDirectory() }),
    said: STAT,
    cause: 'command-not-found',
    evidence: /no file \/hello/,
  },
  {
    name: 'a name that is not in PATH',
    tools: ['gcc'],
    make: () => ({ ...alone(compile('gcc -static', HELLO)), entrypoint: ['hello'] }),
    said: 'exec: "hello": executable file not found in $PATH: unknown.',
    cause: 'command-not-found',
    evidence: /no hello in PATH/,
  },
  {
    name: 'a command in shell form',
    tools: ['gcc'],
    make: () => ({ ...alone(compile('gcc -static', HELLO)), entrypoint: ['/bin/sh', '-c', '/hello'] }),
    said: STAT.replaceAll('/hello', '/bin/sh'),
    cause: 'shell-form-without-shell',
    evidence: /\/bin\/sh is not in the image/,
  },
  {
    name: 'a directory',
    tools: [],
    make: () => ({ directory: withDirectory(), entrypoint: ['/hello'] }),
    said: 'exec: "/hello": permission denied: unknown.',
    cause: 'is-a-directory',
    evidence: /is a directory/,
  },
]);

describe('identities', () => {
  it('a user by name without /etc/passwd', async () => {
    const tree = directoryTree(temporaryDirectory());
    const config = imageConfig({ directory: '', user: 'app' });
    const explanation = await explain({
      errorText: 'Error: unable to find user app: no matching entries in passwd file',
      target: { tree, config },
    });
    expect(explanation).toMatchObject({
      certainty: 'decided',
      causes: [{ cause: 'user-not-in-passwd', status: 'confirmed' }],
    });
  });

  it('runAsNonRoot', async () => {
    const tree = directoryTree(temporaryDirectory());
    const errorText =
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
    const target = { tree, config: imageConfig({ directory: '', user: 'app' }) };
    expect((await explain({ errorText, target })).certainty).toBe('decided');
  });
});
