import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TreeReport } from '../../src/index.ts';
import { itFails, itFailsAsAll } from './contract.ts';
import { documentOf } from './documents.ts';
import { Targets } from './targets.ts';

const targets = new Targets();
afterAll(() => targets.remove());

/** All of them succeed: a verdict of "no" is a result. */
async function inspected(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await targets.morsel('inspect', ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

async function inspectJson(...args: readonly string[]) {
  const result = await targets.morsel('inspect', ...args, '--format', 'json');
  const report = documentOf('inspect', result);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return report;
}

describe('text', () => {
  it('of a static program', async () => {
    const text = await inspected(targets.static());
    expect(text).toMatch(/^ {2}linkage +static$/m);
    expect(text).toMatch(/^ {4}scratch +yes +static: nothing is loaded$/m);
  });

  it('of a dynamic program', async () => {
    const text = await inspected(targets.dynamic());
    expect(text).toMatch(/^ {2}needs libraries +libc\.so\.6$/m);
    expect(text).toMatch(/^ {4}scratch +no +no dynamic loader: /m);
  });

  it('of a program for another machine', async () => {
    expect(await inspected(targets.foreign())).toMatch(/^ {2}machine +s390x$/m);
  });

  it('of a text', async () => {
    expect(await inspected(targets.text())).toBe(
      `${targets.text()}: neither an ELF file nor a script that begins with #!, 17 B\n`,
    );
  });

  it('of a folder', async () => {
    const text = await inspected(targets.folder());
    expect(text).toMatch(/: directory, .+ in 2 files, 2 of them ELF\n/);
    expect(text).toMatch(/^ {2}\/dynamic .+ missing: libc\.so\.6$/m);
    expect(text).toMatch(/^missing libraries\n {2}libc\.so\.6: needed by \/dynamic$/m);
  });

  it('of an image', async () => {
    const text = await inspected(await targets.image(targets.static()));
    expect(text).toMatch(/: image, .+ in 1 files, 1 of them ELF\n/);
    expect(text).toMatch(/ static +glibc$/m);
  });
});

describe('what an image is made of', () => {
  it('as text: its config, its layers and, when asked, every path', async () => {
    const image = await targets.image(targets.static());
    const text = await inspected(image, '--files');
    expect(text).toMatch(/^ {2}digest +sha256:[0-9a-f]{64}$/m);
    expect(text).toMatch(/^ {2}platform +linux\/amd64$/m);
    expect(text).toMatch(/^ {2}entrypoint +\["\/program-[\w-]+"\]$/m);
    expect(text).toMatch(/^ {2}stop signal +SIGTERM$/m);
    expect(text).toMatch(/^ {4}sha256:[0-9a-f]{64} +[\d.]+ k?M?B +[\d.,]+ k?M?B +1$/m);
    expect(text).toMatch(/^ {2}-0755 +0:0 +.+ \/program-[\w-]+$/m);
    expect(await inspected(image)).not.toContain('-0755');
  });

  it('as JSON: layers as stored and as tar', async () => {
    const report = await inspectJson(await targets.image(targets.static()), '--files');
    const { image, entries, privileged } = report as TreeReport;
    expect(image?.config).toMatchObject({ user: '65532:65532', workingDirectory: '/' });
    const [layer] = image?.layers ?? [];
    expect(layer?.files).toBe(1);
    expect(layer?.uncompressedBytes).toBeGreaterThan(layer?.compressedBytes ?? Infinity);
    expect(image?.compressedBytes).toBe(layer?.compressedBytes);
    expect(entries?.map(({ path }) => path)).toContain(image?.config.entrypoint[0]);
    expect(privileged).toEqual([]);
  });

  it('of a folder: nothing of an image, and its setuid files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'morsel-setuid-'));
    for (const [name, mode] of [
      ['both', 0o6755],
      ['plain', 0o755],
    ] as const) {
      writeFileSync(join(folder, name), 'x');
      chmodSync(join(folder, name), mode);
    }
    const report = await inspectJson(folder, '--files');
    rmSync(folder, { recursive: true });
    expect(report).toMatchObject({
      image: null,
      privileged: [{ path: '/both', mode: '6755', setuid: true, setgid: true, capabilities: null }],
      entries: [{ path: '/both' }, { path: '/plain', kind: 'file', mode: '0755', sizeBytes: 1 }],
    });
  });
});

describe('JSON', () => {
  it('of a static program', async () => {
    const report = await inspectJson(targets.static());
    expect(report).toMatchObject({
      kind: 'elf',
      link: 'static',
      libc: 'glibc',
      interpreter: null,
      needed: [],
      hardening: { pie: 'no', relro: 'partial', nx: { answer: 'yes' }, canary: { answer: 'unknown' } },
      closure: null,
    });
  });

  it('of a dynamic program, with a base of one’s own beside those that are known', async () => {
    const report = await inspectJson(targets.dynamic(), '--base', targets.folder());
    expect(report).toMatchObject({ kind: 'elf', link: 'dynamic', needed: ['libc.so.6'] });
    const bases = 'verdicts' in report ? report.verdicts.map(({ base }) => base) : [];
    expect(bases).toEqual(
      expect.arrayContaining([
        'scratch',
        'distroless-static',
        'distroless-cc',
        'alpine',
        'debian:12',
        'debian:13',
        'ubuntu:22.04',
        'ubuntu:24.04',
        'folder',
      ]),
    );
  });

  it('of a program for another machine', async () => {
    expect(await inspectJson(targets.foreign())).toMatchObject({ kind: 'elf', machine: 's390x' });
  });

  it('of a text', async () => {
    expect(await inspectJson(targets.text())).toMatchObject({ kind: 'other', sizeBytes: 17, facts: null });
  });

  it('of a program whose end is missing: it runs nowhere', async () => {
    const whole = readFileSync(targets.static());
    const folder = mkdtempSync(join(tmpdir(), 'morsel-cut-'));
    const cut = join(folder, 'cut');
    writeFileSync(cut, whole.subarray(0, whole.length >> 1));
    const report = await inspectJson(cut);
    rmSync(folder, { recursive: true });
    const verdicts = 'verdicts' in report ? report.verdicts : [];
    expect(new Set(verdicts.map(({ runs }) => runs))).toEqual(new Set(['no']));
    expect(verdicts[0]?.reason).toMatch(/^damaged: \d+ bytes are missing at its end/);
    expect(report).toMatchObject({ facts: { defect: { kind: 'cut-off' } } });
  });

  it('of a folder', async () => {
    expect(await inspectJson(targets.folder())).toMatchObject({
      kind: 'directory',
      files: 2,
      missing: [{ name: 'libc.so.6', neededBy: ['/dynamic'] }],
    });
  });

  it('of an image', async () => {
    const report = await inspectJson(await targets.image(targets.static()));
    expect(report).toMatchObject({ kind: 'image', files: 1, elf: [{ link: 'static' }], missing: [] });
  });
});

describe('no answer', () => {
  itFails(targets, 'inspect', 2, {
    'a broken file': [() => [targets.broken()], 'ELF_INVALID'],
    'an image whose layer is damaged': [async () => [await targets.damagedImage()], 'DIGEST_MISMATCH'],
    'what is not there': [() => [targets.absent()], 'NOT_FOUND'],
    'a base that is not there': [() => [targets.static(), '--base', targets.absent()], 'NOT_FOUND'],
  });
  itFailsAsAll(targets, 'inspect', () => targets.static());
});
