import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOXES } from '../../src/core/choices.ts';
import type { MorselEvent } from '../../src/core/events.ts';
import { abisOf } from '../../src/core/machine-abis.ts';
import { hostMachine } from '../../src/core/machines.ts';
import { openImage, withImage } from '../../src/places/open-image.ts';

import { type RuntimeConfig } from '../../src/oci/config.ts';
import { hostPlatform } from '../../src/oci/platform.ts';
import { writeImage } from '../../src/places/write-image.ts';
import { parseChecks, proveImage, type Proof, receipt } from '../../src/proof/index.ts';
import { entriesFromHost, type LayerEntry, type LayerFile } from '../../src/rootfs/index.ts';
import { hasTool, requireTool } from '../reference-tools.ts';
import { compileProgram } from './sandbox-program.ts';

/** Real images, written, read back, unpacked and run in the first sandbox that works here. */
let folder = '';
let program = '';
let count = 0;

beforeAll(() => {
  requireTool('gcc');
  folder = mkdtempSync(join(tmpdir(), 'sandbox-proof-'));
  program = compileProgram(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

/** Writes an image of these files, path in the image → file of this machine. */
async function image(
  files: Files,
  config: RuntimeConfig = {},
  extra: readonly LayerEntry[] = [],
): Promise<string> {
  const entries = Object.entries(files).flatMap(([path, source]) =>
    entriesFromHost(source, path, { reason: 'test' }),
  );
  const path = join(folder, `image-${(count += 1)}.tar`);
  await writeImage({
    layers: [{ kind: 'entries', entries: [...entries, ...extra] }],
    platform: hostPlatform(),
    config: { Entrypoint: ['/program'], User: '65532:65532', ...config },
    output: { kind: 'archive', path, references: ['test'] },
  });
  return path;
}

function directory(path: string, mode: number): LayerEntry {
  return { kind: 'directory', path, mode, reason: 'test' };
}

async function prove(
  path: string,
  checks: readonly object[] = [],
  onEvent?: (event: MorselEvent) => void,
): Promise<Proof> {
  const parsed = await parseChecks(checks);
  const { proof } = await withImage(path, {}, (image) => proveImage({ image, checks: parsed, onEvent }));
  return proof;
}

async function detailOf(path: string, check: object): Promise<string> {
  const proof = await prove(path, [{ name: 'x', ...check }]);
  expect(proof).toMatchObject({ status: 'failed', findings: [] });
  return proof.checks[0]?.detail ?? '';
}

/** A file of its own, executable unless said. */
function file(name: string, content: string | Buffer, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}

describe('proveImage', () => {
  it('proves by what is printed and how it ends, and gives a receipt that stays the same', async () => {
    const path = await image({ '/program': program });
    const events: MorselEvent[] = [];
    const checks = [
      { name: 'says hello', args: ['hello'], expectedOutput: ['^hello$'], excludedOutput: ['bye'] },
      { name: 'ends with 3', args: ['exit', '3'], exitCode: 3 },
      { name: 'crashes', args: ['signal', '11'], exitCode: 139 },
      { name: 'reads', args: ['stdin'], stdin: 'abc\n', expectedOutput: ['abc'] },
      {
        name: 'sees',
        command: ['/program', 'env'],
        env: { A: '1' },
        expectedOutput: ['^A=1$', '^PATH=/usr/local/sbin'],
      },
      { name: 'is', args: ['who'], expectedOutput: ['^uid=65532 gid=65532 .* pid=1 '] },
    ];
    const proof = await prove(path, checks, (event) => events.push(event));
    expect(proof.checks.map(({ name, status, detail }) => `${name}: ${status}, ${detail}`)).toEqual([
      'says hello: passed, exit code 0',
      'ends with 3: passed, exit code 3',
      'crashes: passed, exit code 139',
      'reads: passed, exit code 0',
      'sees: passed, exit code 0',
      'is: passed, exit code 0',
    ]);
    expect(proof).toMatchObject({ status: 'passed', findings: [], reason: null });
    expect(proof.checks[0]?.stdoutSha256).toBe(
      '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
    );
    expect(events.filter(({ kind }) => kind === 'check-finished')).toHaveLength(checks.length);
    const opened = await openImage(path);
    const first = receipt(proof, opened, null, '1');
    expect(receipt(await prove(path, checks), opened, null, '1')).toEqual(first);
    expect(first.digest).toBe(opened.manifestDescriptor.digest);
    opened.close();
  });

  it('uses Cmd as docker run does', async () => {
    const path = await image({ '/program': program }, { Cmd: ['exit', '7'] });
    expect(
      (
        await prove(path, [
          { name: 'cmd', exitCode: 7 },
          { name: 'args', args: ['hello'] },
        ])
      ).status,
    ).toBe('passed');
  });

  it('looks only whether it starts when there is no check, and says so', async () => {
    const well = await prove(await image({ '/program': program }, { Cmd: ['exit', '0'] }));
    expect(well).toMatchObject({
      status: 'passed',
      strength: 'start',
      control: { source: null, reason: 'nothing is known of where its program came from' },
    });
    expect(well.checks[0]?.detail).toBe('starts, and ends with exit code 0; no job was tried');
    const ends = await prove(await image({ '/program': program }, { Cmd: ['exit', '5'] }));
    expect(ends).toMatchObject({ status: 'unclear', strength: 'none' });
    expect(ends.checks[0]?.detail).toBe(
      "ends with exit code 5: it was not exercised; give it a job with --check 'ARGUMENTS'",
    );
    const stays = await prove(await image({ '/program': program }, { Cmd: ['hang'] }));
    expect(stays.checks[0]?.detail).toBe('starts, and is still alive after 2 s; no job was tried');
    const dies = await prove(await image({ '/program': program }, { Cmd: ['signal', '11'] }));
    expect(dies).toMatchObject({
      status: 'failed',
      checks: [{ detail: 'ended by SIGSEGV', signal: 'SIGSEGV' }],
    });
  });

  it('says everything that is wrong', async () => {
    const path = await image({ '/program': program });
    expect(await detailOf(path, { args: ['exit', '4'] })).toBe('exit code 4, expected 0');
    expect(
      await detailOf(path, { args: ['hello'], expectedOutput: ['^bye'], excludedOutput: ['^hel'] }),
    ).toBe('stdout has no match for ^bye: "hello\\n"; stdout matches ^hel: "hello\\n"');
    expect(await detailOf(path, { args: ['hang'], timeoutSeconds: 0.5 })).toBe('did not end within 0.5 s');
    expect(await detailOf(path, { args: ['signal', '11'] })).toBe('ended by SIGSEGV');
  });
});

describe('a program that does not start', () => {
  it('names the interpreter that is missing', async () => {
    const dynamic = compileProgram(folder, 'gcc', []);
    const interpreter = abisOf(hostMachine())[0]?.glibcLoader ?? '';
    expect(await detailOf(await image({ '/program': dynamic }), {})).toBe(
      `exec /program: no such file or directory: its interpreter ${interpreter} is not in the image`,
    );
  });

  it('names the libraries that are missing', async () => {
    const library = join(folder, 'libneeded.so.1');
    execFileSync('gcc', ['-shared', '-Wl,-soname,libneeded.so.1', '-o', library, '-x', 'c', '-'], {
      input: 'int needed(void) { return 0; }',
    });
    const source = 'int needed(void); int main(void) { return needed(); }';
    const needing = join(folder, 'needing');
    execFileSync('gcc', ['-o', needing, '-x', 'c', '-', '-x', 'none', library], { input: source });
    const loader = execFileSync('gcc', ['-print-file-name=libc.so.6'], { encoding: 'utf8' }).trim();
    const interpreter = abisOf(hostMachine())[0]?.glibcLoader ?? '';
    const path = await image({ '/program': needing, [interpreter]: interpreter, '/lib/libc.so.6': loader });
    const detail = await detailOf(path, {});
    expect(detail).toContain('error while loading shared libraries: libneeded.so.1');
    expect(detail).toContain('libneeded.so.1 (needed by /program)');
    expect(detail).not.toContain('libc.so.6 (');
  });

  it.each([
    ['#!/bin/absent\n', 'its interpreter /bin/absent, from the first line of /program, is not in the image'],
    ['#!/bin/sh\r\n', 'its first line ends with a carriage return, so that its interpreter is "/bin/sh\\r"'],
    ['neither\n', 'it is neither an ELF file nor a script that begins with #!'],
    ['', 'the file is empty'],
  ])('explains the script %j', async (content, reason) => {
    const detail = await detailOf(await image({ '/program': file('script', content) }), {});
    expect(detail).toMatch(/^exec \/program: (no such file or directory|exec format error): /);
    expect(detail.endsWith(reason), detail).toBe(true);
  });

  it('explains modes and absence', async () => {
    const plain = file('plain', readFileSync(program), 0o644);
    expect(await detailOf(await image({ '/program': plain }), {})).toBe(
      'exec /program: permission denied: its mode is 0644, not executable: chmod 755',
    );
    expect(await detailOf(await image({ '/other': program }), {})).toBe(
      'exec: "/program": stat /program: no such file or directory: the image has no /program',
    );
    const closed = [directory('/closed', 0o700)];
    const path = await image({ '/closed/program': program }, { Entrypoint: ['/closed/program'] }, closed);
    expect(await detailOf(path, {})).toBe(
      'exec /closed/program: permission denied: the directory /closed has mode 0700: only its owner may enter it',
    );
  });

  it('is no failure when this machine cannot run its architecture at all', async () => {
    const foreign = Buffer.from(readFileSync(program));
    foreign.writeUInt16LE(0x1234, 18); // e_machine of nothing
    const proof = await prove(await image({ '/program': file('foreign', foreign) }));
    expect(proof).toMatchObject({ status: 'skipped', sandbox: null, checks: [] });
    expect(proof.reason).toContain('machine-4660');
  });
});

describe('findings', () => {
  it('tells what a program wrote that only runs with a writable root', async () => {
    const path = await image({ '/program': program }, {}, [directory('/data', 0o1777)]);
    const proof = await prove(path, [
      { name: 'writes', args: ['write', '/data/file'] },
      { name: 'finds a clean root', args: ['list', '/data'], excludedOutput: ['file'] },
    ]);
    expect(proof.status).toBe('passed');
    expect(proof.findings).toEqual([
      {
        level: 'warning',
        message: expect.stringMatching(
          /^check "writes" needs a writable root: it wrote \/data\/file \(read-only: exit code 3, /,
        ),
        hint: 'under docker run --read-only give it --tmpfs for that place',
      },
    ]);
  });

  it('asks a server, stops it, and tells when it does not stop', async () => {
    const path = await image({ '/program': program });
    const http = { url: 'http://127.0.0.1:8080/ready', body: '^ready$' };
    const proof = await prove(path, [
      { name: 'serves', start: [], args: ['http'], http },
      { name: 'connects', start: ['/program', 'tcp'], tcp: { port: 8080 } },
      { name: 'deaf', start: ['/program', 'deaf'], http },
    ]);
    expect(proof.checks.map(({ status, detail }) => `${status}: ${detail}`)).toEqual([
      'passed: http://127.0.0.1:8080/ready answers with status 200',
      'passed: 127.0.0.1:8080 accepts connections',
      'passed: http://127.0.0.1:8080/ready answers with status 200',
    ]);
    expect(proof.findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^check "deaf": the program ignores SIGTERM, as PID 1 does when it has no handler/,
      ),
    ]);
  });

  it('says why a server did not pass', async () => {
    const path = await image({ '/program': program });
    const other = { url: 'http://127.0.0.1:8080/other' };
    expect(await detailOf(path, { start: [], args: ['exit', '3'], http: other })).toBe(
      'ended before it answered, exit code 3',
    );
    // A wrong answer is one: with its whole time to wait for another, this test would not end.
    expect(await detailOf(path, { start: [], args: ['http'], http: other, timeoutSeconds: 1000 })).toBe(
      'http://127.0.0.1:8080/other answers with status 404, expected 200',
    );
    const body = { url: 'http://127.0.0.1:8080/ready', body: '^steady$' };
    expect(await detailOf(path, { start: [], args: ['http'], http: body, timeoutSeconds: 1000 })).toMatch(
      /^the body of http:\/\/127\.0\.0\.1:8080\/ready .*"ready/,
    );
    expect(await detailOf(path, { start: [], args: ['hang'], tcp: { port: 9 }, timeoutSeconds: 1 })).toMatch(
      /^no answer from 127\.0\.0\.1:9 within 1 s \(ECONNREFUSED\)/,
    );
  });
});

/** struct vfs_cap_data, revision 2 with the effective bit: CAP_NET_RAW (13) permitted. */
const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');

describe.each(SANDBOXES)('privileges of the file in %s', (sandbox) => {
  const gains = sandbox === 'runc' || sandbox === 'crun';
  const privileged = async (change: Partial<LayerFile>): Promise<Proof> => {
    const [entry] = entriesFromHost(program, '/privileged', { reason: 'test' });
    const path = await image({}, { Entrypoint: ['/privileged'] }, [{ ...(entry as LayerFile), ...change }]);
    const args = ['cat', '/proc/self/status'];
    const expectedOutput = gains
      ? ['^NoNewPrivs:\t0$', '^Seccomp:\t2$']
      : ['^NoNewPrivs:\t1$', '^Seccomp:\t2$'];
    const effective = gains ? '0*[1-9a-f][0-9a-f]*' : '0+';
    const check = { name: 'status', args, expectedOutput: [...expectedOutput, `^CapEff:\t${effective}$`] };
    const checks = await parseChecks([check]);
    const proven = await withImage(path, {}, (opened) => proveImage({ image: opened, checks, sandbox }));
    return proven.proof;
  };

  it.skipIf(!hasTool(sandbox)).each([
    ['file capabilities', { xattrs: { 'security.capability': NET_RAW } }],
    ['setuid or setgid bit', { mode: 0o4755 }],
  ])('hold as under docker, or not at all, and the receipt says so: %s', async (what, change) => {
    const proof = await privileged(change);
    const effect = gains ? 'held, as under docker' : 'had no effect: only runc and crun can allow that';
    const words = `the ${what} of /privileged ${effect}`;
    // What was run with less than an engine gives is no proof of what an engine will run.
    expect(proof.status).toBe(gains ? 'passed' : 'unclear');
    expect(proof.checks.map(({ detail }) => detail)).toEqual([
      gains ? 'exit code 0' : `exit code 0; but not as an engine would run it: ${words}`,
    ]);
    expect(proof.isolation).toContain(words);
    expect(proof.isolation.includes('no capabilities, no new privileges')).toBe(!gains);
  });
});

describe('what is no proof', () => {
  it('refuses an image whose layer was changed after it was written', async () => {
    const path = await image({ '/program': program });
    const bytes = readFileSync(path);
    const marker = bytes.indexOf(Buffer.from([0x1f, 0x8b, 0x08]));
    bytes.writeUInt8(bytes.readUInt8(marker + 1000) ^ 0xff, marker + 1000);
    writeFileSync(path, bytes);
    await expect(prove(path)).rejects.toMatchObject({ name: 'MorselError' });
  });

  it('is interrupted, and leaves nothing in the temporary folder', async () => {
    const path = await image({ '/program': program }, { Cmd: ['hang'] });
    const before = process.env['TMPDIR'];
    const temporary = mkdtempSync(join(folder, 'tmp-'));
    chmodSync(temporary, 0o755);
    process.env['TMPDIR'] = temporary;
    try {
      const controller = new AbortController();
      const onEvent = ({ kind }: MorselEvent): void => {
        if (kind === 'proof-started') setTimeout(() => controller.abort(), 300);
      };
      const checks = await parseChecks([{ name: 'hangs' }]);
      await expect(
        withImage(path, {}, (opened) =>
          proveImage({ image: opened, checks, signal: controller.signal, onEvent }),
        ),
      ).rejects.toMatchObject({ code: 'INTERRUPTED' });
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});
