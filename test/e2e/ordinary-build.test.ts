import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, type BuiltImage, cleanEnvironment, morsel } from '../built-cli.ts';
import { requireTool } from '../reference-tools.ts';

/**
 * What musl does otherwise than glibc and says nothing of: each program here was once "proven" as static musl, by a control
 * run of that very program. What the ordinary build prints is asked of gcc itself, not of morsel.
 */
let folder = '';
let count = 0;

beforeAll(() => {
  requireTool('gcc');
  requireTool('musl-gcc');
  folder = mkdtempSync(join(tmpdir(), 'ordinary-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function build(
  files: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<BuiltImage> {
  const project = join(folder, `${(count += 1)}`);
  mkdirSync(project);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  const names = Object.keys(files);
  const target = names.length === 1 ? join(project, names[0] ?? '') : project;
  const args = ['build', target, '-o', join(project, 'image.tar'), '--format', 'json', ...flags];
  const { exitCode, stdout, stderr } = await morsel(args, {
    env: { ...cleanEnvironment(), XDG_CACHE_HOME: join(folder, 'cache') },
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return JSON.parse(stdout) as BuiltImage;
}

const reasonOf = (image: BuiltImage, rung: string): string =>
  image.rejected.find((one) => one.rung === rung)?.reason ?? '';
const detailsOf = ({ proof }: BuiltImage): string => proof.checks.map(({ detail }) => detail).join('\n');

const ICONV =
  '#include <stdio.h>\n#include <iconv.h>\nint main(void){ iconv_t c = iconv_open("ASCII//TRANSLIT", "UTF-8"); char in[] = "caf\\xc3\\xa9", out[99] = "", *i = in, *o = out; size_t a = 5, b = 98; if (c == (iconv_t)-1) { puts("none"); return 0; } iconv(c, &i, &a, &o, &b); puts(out); return 0; }';
const LOCALE =
  '#include <stdio.h>\n#include <locale.h>\nint main(void){ puts(setlocale(LC_ALL, "de_DE.UTF-8") ? "Montag" : "Monday"); return 0; }';
const TIME =
  '#include <stdio.h>\n#include <time.h>\nint main(void){ char b[99] = ""; time_t t = 0; strftime(b, 99, "%^a %k", gmtime(&t)); printf("[%s]\\n", b); return 0; }';
const REGEX =
  '#include <stdio.h>\n#include <regex.h>\nint main(void){ regex_t r; puts(regcomp(&r, "a{,2}", REG_EXTENDED) ? "invalid" : "valid"); return 0; }';
const SORT =
  '#include <stdio.h>\n#include <stdlib.h>\nstatic int by(const void *a, const void *b){ return *(int *)a / 100 - *(int *)b / 100; }\nint main(void){ int v[40]; for (int i = 0; i < 40; i++) v[i] = i % 4 * 100 + i; qsort(v, 40, sizeof *v, by); for (int i = 0; i < 40; i++) printf("%d ", v[i]); puts(""); return 0; }';
const WIDTH =
  '#include <stdio.h>\n#include <wchar.h>\n#include <wctype.h>\nint main(void){ printf("%d %d\\n", wcwidth(0x4e00), !!iswalpha(0xe9)); return 0; }';

describe('a program that musl runs otherwise, and says nothing', { timeout: BUILD_LIMIT_MS }, () => {
  it.each([
    ['iconv', ICONV],
    ['locale', LOCALE],
    ['strftime', TIME],
    ['regex', REGEX],
    ['order', SORT],
    ['width', WIDTH],
  ])('%s: the rung is lost, with the difference', async (name, code) => {
    const built = await build({ [`${name}.c`]: code });
    expect(reasonOf(built, 'static-musl')).toMatch(/says .* in line 1, and linked with glibc "/);
    expect(built.proof.status).toBe('passed');
    expect(detailsOf(built)).toContain('the same linked with glibc');
  });

  it('is not lost for the C library in the name of a platform that it prints (stunnel)', async () => {
    const code =
      '#include <stdio.h>\n#include <unistd.h>\n#ifdef __GLIBC__\n#define LIBC "gnu"\n#else\n#define LIBC "musl"\n#endif\nint main(int n, char **v){ getopt(n, v, "v"); puts("app on x86_64-pc-linux-" LIBC); return 0; }';
    const named = await build({ 'named.c': code }, '--check', 'file -v');
    expect(named.rung).toBe('static-musl');
    expect(detailsOf(named)).toContain('the same linked with glibc');
    const other = await build(
      { 'other.c': code.replace('x86_64-pc-linux-" LIBC', 'C library " LIBC') },
      '--check',
      'file -v',
    );
    expect(reasonOf(other, 'static-musl')).toContain('says "app on C library musl" in line 1');
  });

  it('in a job alone: its start shows nothing', async () => {
    const code = REGEX.replace('int main(void){', 'int main(int n, char **v){ if (n < 2) return 0;');
    const start = await build({ 'job.c': code });
    expect(start.rung).toBe('static-musl');
    expect(detailsOf(start)).not.toContain('linked with');
    const job = await build({ 'job.c': code }, '--check', 'x');
    expect(reasonOf(job, 'static-musl')).toContain('linked with glibc "valid"');
    expect(job.proof).toMatchObject({ status: 'passed', strength: 'equal' });
  });

  it('of options behind an operand, and of names that no static program has', async () => {
    const options =
      '#include <stdio.h>\n#include <unistd.h>\nint main(int n, char **v){ int c, seen = 0; while ((c = getopt(n, v, "v")) != -1) seen += c == \'v\'; printf("%d\\n", seen); return 0; }';
    const start = await build({ 'options.c': options });
    expect(detailsOf(start)).not.toContain('linked with');
    const wrong = await build({ 'options.c': options }, '--check=-x');
    expect(wrong.rung).toBe('static-musl');
    const job = await build({ 'options.c': options }, '--check', 'file -v');
    expect(reasonOf(job, 'static-musl')).toContain('says "0" in line 1, and linked with glibc "1"');
    const names =
      '#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <stdio.h>\nint main(void){ puts(dlsym(RTLD_NEXT, "malloc") ? "found" : "lost"); return 0; }';
    const next = await build({ 'next.c': names });
    expect(reasonOf(next, 'static-musl')).toContain('linked with glibc "found"');
    expect(next.rung).toBe('closure');
  });

  it('and whose symbols are gone: its sources tell', async () => {
    const makefile = 'app: app.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -s -o $@ $<\n';
    const built = await build({ Makefile: makefile, 'app.c': REGEX });
    expect(reasonOf(built, 'static-musl')).toContain('linked with glibc "valid"');
    const hello = '#include <stdio.h>\nint main(void){ puts("hello"); return 0; }';
    const other = await build({ Makefile: makefile, 'app.c': hello });
    expect(other.rung).toBe('static-musl');
    expect(detailsOf(other)).not.toContain('linked with');
  });
});

describe('a program that does the same by each C library', { timeout: BUILD_LIMIT_MS }, () => {
  it('and has nothing in which they differ: no other build is made', async () => {
    const hello = '#include <stdio.h>\nint main(void){ printf("hello %d %f\\n", 3, 2.5); return 0; }';
    const built = await build({ 'hello.c': hello });
    expect(built.rung).toBe('static-musl');
    expect(detailsOf(built)).not.toContain('linked with');
  });

  it('though it has such a function: static musl stays, and its proof says with what it was compared', async () => {
    const code = REGEX.replace('a{,2}', 'a+');
    const built = await build({ 'same.c': code });
    expect(built.rung).toBe('static-musl');
    expect(detailsOf(built)).toContain('the same linked with glibc');
  });

  it('an account that every image has, by its home', async () => {
    const code =
      '#include <stdio.h>\n#include <pwd.h>\nint main(void){ struct passwd *p = getpwnam("root"); puts(p ? p->pw_dir : "nobody"); return 0; }';
    const built = await build({ 'account.c': code });
    expect(built).toMatchObject({ rung: 'static-musl', proof: { status: 'passed' } });
  });

  it('as far as its check says what is right: that is asked, and nothing else', async () => {
    const checks = [{ name: 'says', args: [], expectedOutput: ['invalid'] }];
    const built = await build({
      'app.c': REGEX,
      Makefile: 'app: app.c\n\t$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<\n',
      'morsel.json': JSON.stringify({ checks }),
    });
    expect(built).toMatchObject({ rung: 'static-musl', proof: { strength: 'checked' } });
    expect(detailsOf(built)).not.toContain('linked with');
  });
});

it(
  'a program without an ordinary build: the report says that it was compared with itself',
  { timeout: BUILD_LIMIT_MS },
  async () => {
    const built = await build({
      'own.c': `#include <stdio.h>\n#ifdef __GLIBC__\n#error only musl\n#endif\n${REGEX}`,
    });
    expect(built.rung).toBe('static-musl');
    expect(built.findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/compared with itself only.*regcomp/),
    );
  },
);
