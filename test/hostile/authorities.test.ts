import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readAuthorities } from '../../src/pipeline/request/authorities.ts';
import { hasTool } from '../reference-tools.ts';

/** What somebody may give as `--ca`, and what becomes of it. */
const folder = mkdtempSync(join(tmpdir(), 'morsel-authorities-'));
const at = (name: string): string => join(folder, name);
const read = (...files: readonly string[]) =>
  readAuthorities(files.map(at), { files: [], project: folder, folder });
const put = (name: string, content: string | Buffer): string => {
  writeFileSync(at(name), content);
  return name;
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(name: string, ...more: readonly string[]): void {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
  ];
  const done = spawnSync(
    'openssl',
    ['req', '-x509', ...key, '-out', at(`${name}.pem`), '-subj', `/CN=${name}`, ...more],
    {
      encoding: 'utf8',
    },
  );
  if (done.status !== 0) throw new Error(done.stderr);
}

const refused = (words: string) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(words) as string });

describe.skipIf(!hasTool('openssl'))('--ca', () => {
  beforeAll(() => {
    make('root', '-addext', 'basicConstraints=critical,CA:TRUE');
    make('other', '-addext', 'basicConstraints=critical,CA:TRUE');
    make('alone', '-addext', 'basicConstraints=critical,CA:FALSE');
    const args = [
      'x509',
      '-req',
      '-CA',
      at('root.pem'),
      '-CAkey',
      at('root.key'),
      '-days',
      '1',
      '-out',
      at('leaf.pem'),
    ];
    const csr = spawnSync('openssl', ['req', '-new', '-key', at('alone.key'), '-subj', '/CN=leaf'], {
      encoding: 'utf8',
    });
    spawnSync('openssl', args, { input: csr.stdout });
  });

  it('takes authorities in any order, each once, with the same bytes', () => {
    put(
      'both.pem',
      `a comment\n${readFileSync(at('other.pem'), 'utf8')}\r\n${readFileSync(at('root.pem'), 'utf8')}`,
    );
    const [first, second] = [read('root.pem', 'other.pem'), read('both.pem', 'root.pem')];
    expect(first.map(({ subject }) => subject).sort()).toEqual(['CN=other', 'CN=root']);
    expect(second).toEqual(first);
    expect(first.flatMap(({ findings }) => findings)).toEqual([]);
    expect(first[0]?.pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+-----END CERTIFICATE-----\n$/);
  });

  it('refuses a file with a private key in it', () => {
    put('with-key.pem', readFileSync(at('root.pem'), 'utf8') + readFileSync(at('root.key'), 'utf8'));
    expect(() => read('with-key.pem')).toThrowError(refused('holds a private key'));
    expect(() => read('root.key')).toThrowError(refused('holds a private key'));
  });

  it('refuses the certificate of a server, and names its authority', () => {
    expect(() => read('leaf.pem')).toThrowError(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('CN=root') as string }),
    );
  });

  it('takes a certificate that has signed itself and is no authority, with a word', () => {
    expect(read('alone.pem')[0]?.findings).toMatchObject([{ level: 'warning' }]);
  });

  it('says what has expired, and what is not valid yet; the bytes stay the same', () => {
    const [now] = read('root.pem');
    for (const [date, words] of [
      ['2200-01-01', 'it has expired'],
      ['2000-01-01', 'it is valid from'],
    ] as const) {
      vi.useFakeTimers({ now: new Date(date), toFake: ['Date'] });
      const [then] = read('root.pem');
      vi.useRealTimers();
      expect(then?.findings).toMatchObject([
        { level: 'warning', message: expect.stringContaining(words) as string },
      ]);
      expect(then?.pem).toBe(now?.pem);
    }
  });

  it('refuses what is no certificate', () => {
    const pem = readFileSync(at('root.pem'), 'utf8');
    const der = Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    const block = (bytes: Buffer): string =>
      `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`;
    const cases: readonly (readonly [string | Buffer, string])[] = [
      ['', 'holds no certificate'],
      ['hello', 'holds no certificate'],
      [Buffer.from([0xff, 0xfe, 0, 1]), 'holds no certificate'],
      [der, 'in DER'],
      [block(der.subarray(0, 200)), 'damaged'],
      [block(Buffer.concat([der, Buffer.from('more')])), 'damaged'],
      [block(Buffer.from(pem)), 'damaged'],
      [pem.replace(/M/, '!'), 'damaged'],
      [pem.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST'), 'no certificate'],
      [pem.replace(/-----END[^]*$/, ''), 'holds no certificate'],
    ];
    for (const [index, [content, words]] of cases.entries())
      expect(() => read(put(`bad-${index}`, content)), words).toThrowError(refused(words));
  });

  it('is bounded, and opens nothing that waits', () => {
    put('large', 'x'.repeat(2 * 1024 * 1024));
    expect(() => read('large')).toThrowError(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
    spawnSync('mkfifo', [at('pipe')]);
    expect(() => read('pipe')).toThrowError(expect.objectContaining({ code: 'UNREADABLE' }));
    expect(() => read('nothing-there.pem')).toThrowError(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('of a morsel.json stays in its project', () => {
    const project = at('project');
    mkdirSync(project, { recursive: true });
    symlinkSync(at('root.pem'), join(project, 'link.pem'));
    writeFileSync(join(project, 'bad.pem'), 'x');
    const ofProject = (file: string) => () =>
      readAuthorities([], { files: [file], project, folder: project });
    for (const file of ['link.pem', '../root.pem', at('root.pem')])
      expect(ofProject(file)).toThrowError(
        expect.objectContaining({ code: 'CONFIG_INVALID', hint: expect.stringContaining('--ca') as string }),
      );
    expect(ofProject('bad.pem')).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});
