import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOXES } from '../../src/core/choices.ts';
import { memoryByteSource } from '../../src/core/byte-source.ts';
import { hostPlatform } from '../../src/oci/platform.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { entriesFromHost, type LayerEntry, type LayerFile } from '../../src/rootfs/index.ts';
import { morsel } from '../built-cli.ts';
import { compileProgram } from '../contract/sandbox-program.ts';
import { type Engine, startDocker } from '../engines.ts';
import { hasTool, requireInCi, requireTool } from '../reference-tools.ts';

/** One image, run by morsel and by a real Docker engine: what its files and its user may do is the same. */
const isRoot = requireInCi('root, for an engine of our own', process.getuid?.() === 0);
const hasDocker = isRoot && hasTool('dockerd') && hasTool('docker') && hasTool('gcc');
const work = mkdtempSync(join(tmpdir(), 'morsel-as-docker-'));
const archive = join(work, 'image.tar');
let engine: Engine;

beforeAll(async () => {
  if (!hasDocker) return;
  await writeTestImage();
  engine = await startDocker(join(work, 'docker'));
  await engine.load(archive);
});
afterAll(async () => {
  await engine?.stop();
  rmSync(work, { recursive: true, force: true });
});

/** struct vfs_cap_data, revision 2 with the effective bit: CAP_NET_RAW (13) permitted. */
const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');

async function writeTestImage(): Promise<void> {
  const program = compileProgram(work);
  const file = (path: string, change: Partial<LayerFile> = {}): LayerEntry => {
    const [entry] = entriesFromHost(program, path, { reason: 'test' });
    return { ...(entry as LayerFile), ...change };
  };
  const text = (path: string, content: string, mode = 0o644): LayerEntry => ({
    kind: 'file',
    path,
    mode,
    sizeBytes: Buffer.byteLength(content),
    open: () => memoryByteSource(Buffer.from(content)),
    reason: 'test',
  });
  await writeImage({
    layers: [
      {
        kind: 'entries',
        entries: [
          file('/program'),
          file('/capable', { xattrs: { 'security.capability': NET_RAW } }),
          file('/setuid', { mode: 0o4755 }),
          file('/setgid', { mode: 0o2755, uid: 1000, gid: 1000 }),
          text('/script', '#!/capable secure\n', 0o4755),
          text('/etc/passwd', 'root:x:0:0::/root:\nsvc:x:1234:1235::/home/svc:\n'),
          text('/etc/group', 'svcg:x:1235:\nextra:x:1300:svc\nadmin:x:1400:root,svc\n'),
        ],
      },
    ],
    platform: hostPlatform(),
    config: { Entrypoint: ['/program'], User: 'svc' },
    output: { kind: 'archive', path: archive, references: ['as-docker:1'] },
  });
}

describe.skipIf(!hasDocker)('as docker', () => {
  it.each([
    ['the groups of the user', ['groups']],
    ['the bits of a file that is executed: capabilities', ['exec', '/capable', 'secure']],
    ['the bits of a file that is executed: setuid', ['exec', '/setuid', 'secure']],
    ['the bits of a file that is executed: setgid', ['exec', '/setgid', 'secure']],
    ['the bits of an interpreter', ['exec', '/script']],
    ['nothing gained by a plain program', ['secure']],
    ['a low port', ['bind', '80']],
    ['a ping', ['ping']],
  ])('%s', async (_name, args) => {
    const theirs = await engine.run('as-docker:1', args);
    const ours = await morsel(['run', archive, '--', ...args]);
    expect(theirs.exitCode, theirs.stderr).toBe(0);
    expect(ours).toMatchObject({ exitCode: 0, stdout: theirs.stdout });
  });

  it.each(['/capable', '/setuid', '/setgid', '/script'])(
    'the bits of the program itself: %s',
    async (path) => {
      const args = path === '/script' ? [] : ['secure'];
      const theirs = await engine.run('as-docker:1', args, { flags: ['--entrypoint', path] });
      const ours = await morsel(['run', archive, '--entrypoint', path, '--', ...args]);
      expect(theirs.exitCode, theirs.stderr).toBe(0);
      expect(ours).toMatchObject({ exitCode: 0, stdout: theirs.stdout });
    },
  );

  it('the groups of a user that is given otherwise', async () => {
    for (const user of ['0', '1234', '1234:1300', '77']) {
      const theirs = await engine.run('as-docker:1', ['groups'], { flags: ['--user', user] });
      const ours = await morsel(['run', archive, '--user', user, '--', 'groups']);
      expect(ours, user).toMatchObject({ exitCode: 0, stdout: theirs.stdout });
    }
  });
});

describe.skipIf(!isRoot || !hasTool('ping'))(
  'ping of this machine, with the capabilities of its file',
  () => {
    const ping = join(work, 'ping.tar');
    beforeAll(async () => {
      const built = await morsel(['build', requireTool('ping'), '-o', ping, '-q', '--no-prove']);
      expect(built.exitCode, built.stderr).toBe(0);
    });

    it.each(SANDBOXES.filter((sandbox) => hasTool(sandbox)))('gets its answer in %s', async (sandbox) => {
      const ran = await morsel(['run', '--sandbox', sandbox, ping, '--', '-c', '1', '127.0.0.1']);
      expect(ran.stdout, ran.stderr).toContain(' 0% packet loss');
      expect(ran.exitCode).toBe(0);
    });
  },
);
