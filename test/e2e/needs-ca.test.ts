import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, morsel } from '../built-cli.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';

/** A certificate of a private authority is verified in the image, at each place where a program looks, and not without it. */
const base = mkdtempSync(join(tmpdir(), 'morsel-needs-ca-'));
const at = (name: string): string => join(base, name);
afterAll(() => rmSync(base, { recursive: true, force: true }));

function openssl(args: readonly string[], input?: string): string {
  const done = spawnSync('openssl', args, { encoding: 'utf8', ...(input !== undefined && { input }) });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

function makeAuthority(name: string): void {
  const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
  openssl([
    'req',
    '-x509',
    ...EC,
    ...files,
    '-subj',
    `/O=Example/CN=${name}`,
    '-addext',
    'basicConstraints=critical,CA:TRUE',
  ]);
}

/** Verifies the certificate that is in it, by OpenSSL, whose symbols are declared here. */
function verifier(load: string): string {
  const leaf = JSON.stringify(readFileSync(at('leaf.pem'), 'utf8'));
  return `int puts(const char*);void*X509_STORE_new(void);int X509_STORE_set_default_paths(void*);int X509_STORE_load_path(void*,const char*);
void*BIO_new_mem_buf(const void*,int);void*PEM_read_bio_X509(void*,void*,void*,void*);void*X509_STORE_CTX_new(void);int X509_STORE_CTX_init(void*,void*,void*,void*);int X509_verify_cert(void*);
int main(void){void*s=X509_STORE_new();${load};void*x=PEM_read_bio_X509(BIO_new_mem_buf(${leaf},-1),0,0,0);void*c=X509_STORE_CTX_new();X509_STORE_CTX_init(c,s,x,0);int r=X509_verify_cert(c);puts(r==1?"verified":"unknown issuer");return r!=1;}\n`;
}

const goVerifier = (): string => `package main

import ("crypto/x509"; "encoding/pem"; "fmt"; "os")

func main() {
	b, _ := pem.Decode([]byte(${JSON.stringify(readFileSync(at('leaf.pem'), 'utf8'))}))
	c, err := x509.ParseCertificate(b.Bytes)
	if err == nil { _, err = c.Verify(x509.VerifyOptions{KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}) }
	if err != nil { fmt.Println(err); os.Exit(1) }
	fmt.Println("verified")
	_, _ = x509.SystemCertPool()
}
`;

interface Built {
  readonly digest: string;
  readonly files: readonly { readonly path: string; readonly kind: string; readonly sizeBytes: number }[];
}

const CHECKS = [{ name: 'verifies', exitCode: 0, expectedOutput: ['^verified$'] }];

async function build(
  name: string,
  files: Readonly<Record<string, string>>,
  configuration: object,
  ...flags: string[]
) {
  const folder = at(name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, 'morsel.json'), JSON.stringify({ checks: CHECKS, ...configuration }));
  return morsel(['build', folder, '-o', at(`${name}.tar`), '--no-evidence', '--format', 'json', ...flags], {
    cwd: base,
  });
}

const C = { rungs: ['closure'], c: { link: [':libcrypto.so.3'] } };
const here = requireInCi('openssl, gcc', hasTool('openssl') && hasTool('gcc'));

describe.skipIf(!here)('--ca', () => {
  beforeAll(() => {
    makeAuthority('root');
    makeAuthority('second');
    const request = openssl(['req', '-new', ...EC, '-keyout', at('leaf.key'), '-subj', '/CN=localhost']);
    const signed = ['-CA', at('root.pem'), '-CAkey', at('root.key'), '-set_serial', '7', '-days', '3650'];
    writeFileSync(at('leaf.pem'), openssl(['x509', '-req', ...signed], request));
  });

  it('where OpenSSL looks: verified with it, refused without', { timeout: BUILD_LIMIT_MS }, async () => {
    const files = { 'main.c': verifier('X509_STORE_set_default_paths(s)') };
    const without = await build('openssl', files, C);
    expect(without.exitCode).toBe(1);
    expect(without.stderr).toContain('PROOF_FAILED');
    const [first, second] = [
      await build('openssl', files, C, '--ca', at('root.pem'), '--ca', at('second.pem')),
      await build('openssl', files, C, '--ca', at('second.pem'), '--ca', at('root.pem')),
    ];
    expect(first.exitCode, first.stderr).toBe(0);
    const built = JSON.parse(first.stdout) as Built;
    expect(built.files).toContainEqual(
      expect.objectContaining({ path: '/usr/lib/ssl/cert.pem', kind: 'symlink' }),
    );
    expect((JSON.parse(second.stdout) as Built).digest).toBe(built.digest);
  });

  it('in a directory, by the hash of its name', { timeout: BUILD_LIMIT_MS }, async () => {
    const files = { 'main.c': verifier('X509_STORE_load_path(s,"/etc/ssl/certs")') };
    const done = await build('directory', files, C, '--ca', at('root.pem'));
    expect(done.exitCode, done.stderr).toBe(0);
    const hash = openssl(['x509', '-noout', '-subject_hash', '-in', at('root.pem')]).trim();
    expect((JSON.parse(done.stdout) as Built).files.map(({ path }) => path)).toContain(
      `/etc/ssl/certs/${hash}.0`,
    );
  });

  it('where SSL_CERT_FILE says, named by morsel.json', { timeout: BUILD_LIMIT_MS }, async () => {
    const files = {
      'main.c': verifier('X509_STORE_set_default_paths(s)'),
      'root.pem': readFileSync(at('root.pem'), 'utf8'),
    };
    const env = { SSL_CERT_FILE: '/opt/company/ca.pem' };
    const done = await build('variable', files, { ...C, env, ca: ['root.pem'] });
    expect(done.exitCode, done.stderr).toBe(0);
    const { files: packed } = JSON.parse(done.stdout) as Built;
    expect(packed).toContainEqual(expect.objectContaining({ path: '/opt/company/ca.pem', kind: 'symlink' }));
  });

  it.skipIf(!hasTool('go'))('where Go looks', { timeout: BUILD_LIMIT_MS }, async () => {
    const files = { 'main.go': goVerifier(), 'go.mod': 'module example.org/verify\n\ngo 1.19\n' };
    const without = await build('go', files, {});
    expect(without.exitCode).toBe(1);
    const done = await build('go', files, {}, '--ca', at('root.pem'));
    expect(done.exitCode, done.stderr).toBe(0);
  });

  it('what is wrong is said before anything is compiled, and nothing is written', async () => {
    const files = { 'main.c': 'int main(void){return 0;}\n' };
    const done = await build('wrong', files, {}, '--ca', at('root.key'));
    expect(done.exitCode).toBe(2);
    expect(JSON.parse(done.stderr)).toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining('openssl x509') as string,
    });
    const misspelt = await build('wrong', files, { with: ['font'] });
    expect(misspelt.exitCode).toBe(2);
    expect(misspelt.stderr).toContain('did you mean fonts?');
  });
});
