import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../src/pipeline/candidates/read-facts.ts';
import { rungOfBinary } from '../../src/pipeline/candidates/ladder.ts';
import { type Placement, SCRATCH } from '../../src/pipeline/candidates/candidate.ts';
import type { ImagePlan } from '../../src/pipeline/plan/image-plan.ts';
import { planImage } from '../../src/pipeline/plan/plan-image.ts';
import type { BuildOptions } from '../../src/pipeline/request/build-options.ts';
import { resolveRequest } from '../../src/pipeline/request/build-request.ts';
import { directoryTree, type LayerEntry } from '../../src/rootfs/index.ts';
import { hasTool } from '../reference-tools.ts';

/**
 * The image plans of programs that gcc makes here, out of a root that the test makes: what is packed, why, and how it is
 * started, without sizes, which differ from compiler to compiler. `npx vitest run test/golden/image-plans.test.ts -u`.
 */
const C_LIBRARY = ['/lib64/ld-linux-x86-64.so.2', '/lib/x86_64-linux-gnu/libc.so.6'];

const SOURCES = {
  hello: '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n',
  asks: `#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <time.h>
int main(void) {
  struct addrinfo *found = 0;
  time_t now = time(0);
  printf("%p %d %p\\n", (void *)getpwuid(0), getaddrinfo("example.org", "https", 0, &found), (void *)localtime(&now));
  return 0;
}
`,
};

const canRun = hasTool('gcc') && process.arch === 'x64' && C_LIBRARY.every((path) => existsSync(path));

describe.skipIf(!canRun)('image plans', () => {
  let root = '';

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'image-plans-'));
    const place = (path: string): string => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      return join(root, path);
    };
    for (const path of C_LIBRARY) copyFileSync(path, place(path));
    writeFileSync(place('/usr/share/zoneinfo/Europe/Berlin'), 'TZif');
    writeFileSync(place('/etc/services'), 'https 443/tcp\n');
    for (const [name, source] of Object.entries(SOURCES)) {
      const file = place(`/src/${name}.c`);
      writeFileSync(file, source);
      execFileSync('gcc', ['-w', '-o', place(`/usr/bin/${name}`), file]);
      execFileSync('gcc', ['-w', '-static', '-o', place(`/usr/bin/${name}-static`), file], { stdio: 'ignore' });
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  async function planOf(
    name: string,
    options: BuildOptions = {},
    placement: Placement = SCRATCH,
  ): Promise<ImagePlan> {
    const path = `/usr/bin/${name}`;
    const facts = readFacts(join(root, path));
    const rung = rungOfBinary(facts);
    const project = { kind: 'binary', name, version: null, license: null, directory: root, path } as const;
    const program = { path, linkedPath: path, facts, toolchain: null };
    const build = { rung, programs: [program], trades: [], findings: [], libraries: [], compileMs: 0 } as const;
    return planImage(resolveRequest(options, {}, project), build, placement, directoryTree(root));
  }

  it.each([
    ['hello-static', {}],
    ['hello', {}],
    ['asks', { timeZone: 'Europe/Berlin', user: '1000', labels: { team: 'a' }, expose: ['8080'] }],
    ['asks-static', {}],
  ] as const)('%s', async (name, options) => {
    await expect(formatImagePlan(await planOf(name, options))).toMatchFileSnapshot(`image-plans/${name}.txt`);
  });

  it('hello, alone', async () => {
    const plan = await planOf('hello', {}, { kind: 'bare' });
    await expect(formatImagePlan(plan)).toMatchFileSnapshot('image-plans/hello-bare.txt');
  });

  it('is made of this root alone: what is not in it is not packed', async () => {
    rmSync(join(root, '/usr/share/zoneinfo/Europe/Berlin'));
    await expect(planOf('hello', { timeZone: 'Europe/Berlin' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    rmSync(join(root, '/lib/x86_64-linux-gnu/libc.so.6'));
    await expect(planOf('hello')).rejects.toMatchObject({ code: 'WONT_RUN' });
  });
});

function formatImagePlan(plan: ImagePlan): string {
  const { os, architecture } = plan.platform;
  return [
    `${plan.rung} on ${plan.placement}, ${os}/${architecture}, ${plan.below.length} layers below`,
    ...plan.entries.map(formatEntry),
    ...Object.entries(plan.config).map(([name, value]) => `config: ${name} ${JSON.stringify(value)}`),
    ...Object.entries(plan.annotations).map(([name, value]) => `annotation: ${name} ${value}`),
    ...plan.needs.map(({ need, level, evidence }) => `need: ${need}, ${level}: ${evidence}`),
    ...plan.findings.map(({ level, message }) => `finding: ${level}: ${message}`),
    '',
  ].join('\n');
}

function formatEntry(entry: LayerEntry): string {
  const what = entry.kind === 'symlink' ? `-> ${entry.target}` : entry.mode.toString(8);
  return `${entry.path}: ${entry.kind} ${what}\n    ${entry.reason}`;
}
