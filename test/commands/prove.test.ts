import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { findProcesses } from '../left-behind.ts';
import { requireInCi } from '../reference-tools.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf } from './documents.ts';
import { SANDBOXES } from '../../src/core/choices.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());
const isRoot = requireInCi('root, for sandboxes', process.getuid?.() === 0);

const image = (): Promise<string> => targets.image(targets.static());
const receiptOf = (path: string): string => path.replace(/\.tar$/, '.receipt.json');

function withChecks(...checks: readonly object[]): readonly string[] {
  return ['--checks', targets.place.write('morsel.json', JSON.stringify({ checks }), 0o644)];
}

async function proveJson(path: string, ...flags: readonly string[]) {
  const result = await targets.morsel('prove', path, ...flags, '--format', 'json');
  return { ...result, receipt: documentOf('prove', result) };
}

describe.skipIf(!isRoot)('text', () => {
  it('of a static program: one line, the status and the digest', async () => {
    const { exitCode, stdout, stderr } = await targets.morsel('prove', await image());
    expect(stdout).toMatch(/^passed sha256:[0-9a-f]{64}\n$/);
    expect(stderr).toContain(`passed: receipt in ${receiptOf(await image())}\n`);
    expect(exitCode).toBe(0);
  });

  it('of a dynamic program, quietly: nothing on stderr', async () => {
    const result = await targets.morsel('prove', '-q', await targets.image(targets.dynamic()));
    expect(result.stdout).toMatch(/^passed sha256:/);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('of a check that fails: 1', async () => {
    const flags = withChecks({ name: 'greets', expectedOutput: ['^good day$'] });
    const { exitCode, stdout, stderr } = await targets.morsel('prove', await image(), ...flags);
    expect(stdout).toMatch(/^failed sha256:/);
    expect(stderr).toMatch(/^ {2}failed {2}greets: /m);
    expect(exitCode).toBe(1);
  });
});

describe.skipIf(!isRoot)('JSON', () => {
  it('refers to the evidence of the build, where it speaks of this image', async () => {
    const path = targets.path('with-evidence.tar');
    const build = ['build', targets.static(), '--no-prove', '-q', '-o', path, '--format', 'json'];
    const built = documentOf('build', await targets.morsel(...build));
    expect((await proveJson(path)).receipt.evidence).toBe(built.evidence?.digest);
    const beside = path.replace('.tar', '.evidence.json');
    writeFileSync(beside, readFileSync(beside, 'utf8').replace(built.digest, `sha256:${'0'.repeat(64)}`));
    expect((await proveJson(path)).receipt.evidence).toBeNull();
    writeFileSync(beside, 'no JSON');
    expect((await proveJson(path)).receipt.evidence).toBeNull();
  });

  it('is the receipt that is written beside the image', async () => {
    const flags = withChecks({ name: 'greets', expectedOutput: ['^hello$'] });
    const { exitCode, receipt, stdout } = await proveJson(await image(), ...flags);
    expect(receipt).toMatchObject({
      status: 'passed',
      checks: [{ name: 'greets', status: 'passed', exitCode: 0 }],
    });
    expect(readFileSync(receiptOf(await image()), 'utf8')).toBe(stdout);
    expect(exitCode).toBe(0);
  });

  it('of a check that fails', async () => {
    const flags = withChecks({ name: 'ends', args: ['exit', '3'] }, { name: 'dies', args: ['signal', '11'] });
    const { exitCode, receipt } = await proveJson(await image(), ...flags);
    expect(receipt).toMatchObject({
      status: 'failed',
      checks: [
        { status: 'failed', exitCode: 3, signal: null },
        { status: 'failed', exitCode: null, signal: 'SIGSEGV' },
      ],
    });
    expect(exitCode).toBe(1);
  });

  it('of a program for another machine: not proven, 5', async () => {
    const { exitCode, receipt } = await proveJson(await targets.image(targets.foreign()));
    expect(receipt).toMatchObject({ status: 'skipped', sandbox: null, checks: [] });
    expect(receipt.reason).not.toBeNull();
    expect(exitCode).toBe(5);
  });
});

describe.skipIf(!isRoot)('the proof', () => {
  it('has no network but its own loopback', async () => {
    const flags = withChecks({
      name: 'sees',
      args: ['interfaces'],
      expectedOutput: ['^lo 127\\.0\\.0\\.1\\n$'],
    });
    expect((await proveJson(await image(), ...flags)).receipt.status).toBe('passed');
  });

  it('does not reach a server of this machine', async () => {
    let visits = 0;
    const server = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    const check = { name: 'asks', args: ['connect', port], expectedOutput: ['^Connection refused$'] };
    const { receipt } = await proveJson(await image(), ...withChecks(check));
    await new Promise((resolve) => server.close(resolve));
    expect({ status: receipt.status, visits }).toEqual({ status: 'passed', visits: 0 });
  });

  it('is skipped without a sandbox: 5, and the receipt says so', async () => {
    const result = await targets.morselWithout(SANDBOXES, 'prove', await image(), '--format', 'json');
    expect(documentOf('prove', result)).toMatchObject({ status: 'skipped', sandbox: null });
    expect(result.exitCode).toBe(5);
  });

  it('is interrupted: 130, and no receipt', async () => {
    const word = `hang-${process.pid}`;
    const flags = withChecks({ name: 'hangs', args: ['hang', word] });
    const receipt = targets.path('interrupted.json');
    const isHanging = (): boolean => findProcesses(word).some((line) => /\d+ \/program\S* hang/.test(line));
    const args = ['prove', await image(), ...flags, '-o', receipt];
    expect(await targets.interrupted(args, isHanging)).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('  code: INTERRUPTED\n') as string,
    });
    expect(existsSync(receipt)).toBe(false);
  });
});

describe('no answer', () => {
  itFails(targets, 'prove', 2, {
    'a program': [() => [targets.static()], 'TAR_INVALID'],
    'a broken file': [() => [targets.broken()], 'TAR_INVALID'],
    'a folder without an image': [() => [targets.folder()], 'IMAGE_INVALID'],
    'a damaged layer': [async () => [await targets.damagedImage()], 'DIGEST_MISMATCH'],
    'what is not there': [() => [targets.absent()], 'NOT_FOUND'],
    'a check with a word that no check has': [
      async () => [await image(), ...withChecks({ name: 'x', frobnicate: 1 })],
      'CONFIG_INVALID',
    ],
  });
  itFailsAsAll(targets, 'prove', image, { from: 'node:crypto', call: 'createHash' });
});
