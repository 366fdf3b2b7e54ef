import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostPlatform } from '../../src/oci/platform.ts';
import { withImage } from '../../src/places/open-image.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { type CheckResult, parseChecks, proveImage } from '../../src/proof/index.ts';
import { entriesFromHost } from '../../src/rootfs/index.ts';
import { requireTool } from '../reference-tools.ts';
import { compileServiceClient } from './service-client.ts';
import { compileProgram } from './sandbox-program.ts';

/** What checks say of services, signals, terminals and volumes, in an image with a program alone. */
let folder = '';
let path = '';

beforeAll(async () => {
  requireTool('gcc');
  requireTool('go');
  folder = mkdtempSync(join(tmpdir(), 'sandbox-conditions-'));
  const files = { '/program': compileProgram(folder), '/client': compileServiceClient(folder) };
  path = join(folder, 'image.tar');
  await writeImage({
    layers: [
      {
        kind: 'entries',
        entries: Object.entries(files).flatMap(([target, source]) =>
          entriesFromHost(source, target, { reason: 'test' }),
        ),
      },
    ],
    platform: hostPlatform(),
    config: { Entrypoint: ['/client'], User: '65532:65532' },
    output: { kind: 'archive', path, references: ['test'] },
  });
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function resultOf(check: object): Promise<CheckResult> {
  const checks = await parseChecks([{ name: 'x', readOnly: true, ...check }]);
  const { proof } = await withImage(path, {}, (image) => proveImage({ image, checks }));
  const [result] = proof.checks;
  if (result === undefined) throw new Error(proof.reason ?? 'no check was run');
  return result;
}

describe('a check with a signal', () => {
  it('passes where the program ends by it as it must', async () => {
    const { status, detail, exitCode } = await resultOf({
      args: ['wait=x'],
      signal: 'SIGTERM',
      expectedOutput: ['^waiting\nwait x -> told\n$'],
    });
    expect({ status, detail, exitCode }).toEqual({ status: 'passed', detail: 'exit code 0', exitCode: 0 });
  });

  it('says that PID 1 has no handler', async () => {
    const { status, detail } = await resultOf({ command: ['/program', 'hang'], signal: 'SIGTERM' });
    expect(status).toBe('failed');
    expect(detail).toMatch(
      /^SIGTERM does not end it: PID 1 gets no signal for which it has no handler .*init/,
    );
  });

  it('says with what else it ended, or that it had ended before', async () => {
    const other = await resultOf({ args: ['wait=x'], signal: 'SIGTERM', exitCode: 143 });
    expect(other).toMatchObject({ status: 'failed' });
    expect(other.detail).toBe('ended by SIGTERM with exit code 0, expected 143');
    const early = await resultOf({ args: ['owner=/'], signal: 'SIGTERM' });
    expect(early.detail).toBe('ended before SIGTERM was sent, exit code 0');
  });

  it('tells a server after its answer, and not the servers beside it', async () => {
    const check = {
      start: ['/program', 'http'],
      http: { url: 'http://127.0.0.1:8080/ready' },
      signal: 'SIGTERM',
    };
    const services = { tls: { hosts: { 'a.test': {} } } };
    const { detail, status } = await resultOf({ ...check, services, exitCode: 9 });
    expect({ status, detail }).toMatchObject({ status: 'failed' });
    expect(detail).toMatch(/^ended by SIGTERM with exit code \d+, expected 9/);
  });
});

describe('the receipt of a check', () => {
  it('has what its run had beside the image', async () => {
    const result = await resultOf({
      args: ['fetch=https://a.test/', 'cat=/data/x', 'write=/tmp/x'],
      expectedOutput: ['signed by unknown authority', 'cat /data/x -> in it', 'write /tmp/x -> written'],
      services: { tls: { hosts: { 'a.test': {} } } },
      volumes: { '/data': { files: { x: 'in it' }, readOnly: true } },
      tmpfs: ['/tmp'],
    });
    expect(result).toMatchObject({ status: 'passed', strength: 'checked' });
    expect(result.added).toEqual([
      'a name server at 127.0.0.11, named by /etc/resolv.conf',
      'an HTTPS server on port 443 for a.test',
      "there is no CA bundle in its root, so that it does not trust the check's authority",
      'a volume at /data, read-only',
      'a volume at /tmp',
    ]);
  });

  it('says why nobody is trusted where a check fails for it', async () => {
    const services = { tls: { hosts: { 'a.test': {} } } };
    const { detail } = await resultOf({ args: ['fetch=https://a.test/'], expectedOutput: ['200'], services });
    expect(detail).toMatch(/there is no CA bundle in its root/);
  });
});

it('types at the terminal of a check, and reads what is drawn', async () => {
  const { status, detail, added } = await resultOf({
    args: ['ask=name? '],
    tty: true,
    input: 'somebody\r',
    expectedOutput: ['^name\\? somebody\\s+ask name\\?  -> somebody from /dev/console\\s*$'],
  });
  expect({ status, detail, added }).toEqual({
    status: 'passed',
    detail: 'exit code 0',
    added: ['a terminal of 80 columns, TERM=xterm'],
  });
});
