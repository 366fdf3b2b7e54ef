import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryByteSource, openByteSource } from '../../src/core/byte-source.ts';
import { goFunctionNames, openElf, planSectionDrop, readElf, sectionlessView } from '../../src/elf/index.ts';
import { hasPythonModule, hasTool } from '../reference-tools.ts';
import { buildFixture, type Fixture, FIXTURES, sstrip, writeSources } from './elf-fixtures.ts';

/** The first build for a target compiles zig's libc or Go's library. */
const BUILD_TIMEOUT_MS = 600_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'elf-libc-'));
  writeSources(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function isAbsent({ tools, name }: Fixture): boolean {
  return tools.some((tool) => !hasTool(tool)) || (name.startsWith('zig') && !hasPythonModule('ziglang'));
}

describe('link kind, libc and languages of what the toolchains here make', () => {
  for (const fixture of FIXTURES) {
    it.skipIf(isAbsent(fixture))(fixture.name, { timeout: BUILD_TIMEOUT_MS }, () => checkFixture(fixture));
  }
});

function checkFixture(fixture: Fixture): void {
  const plain = join(folder, fixture.name.replaceAll(/[^a-z0-9]+/gi, '-'));
  buildFixture(fixture, folder, plain);
  expect(factsOf(plain), 'plain').toEqual(fixture.expected);

  const stripped = `${plain}.stripped`;
  copyFileSync(plain, stripped);
  execFileSync(fixture.strip, [stripped]);
  expect(factsOf(stripped), 'stripped').toEqual(strippedExpectation(fixture, 'stripped'));

  const sstripped = `${plain}.sstripped`;
  writeFileSync(sstripped, sstrip(readFileSync(stripped)));
  chmodSync(sstripped, 0o755);
  expect(factsOf(sstripped), 'sstripped').toEqual(strippedExpectation(fixture, 'sstripped'));

  checkSectionDrop(stripped, sstripped);
  if (fixture.runs) {
    for (const path of [plain, stripped, sstripped]) {
      expect(spawnSync(path, { env: {}, encoding: 'utf8' }).stdout, path).toBe('hello 3\n');
    }
  }
}

function factsOf(path: string): Fixture['expected'] {
  const source = openByteSource(path);
  try {
    const { machine, link, libc, languages } = readElf(source);
    return { machine, link, libc, languages };
  } finally {
    source.close();
  }
}

/** Without symbols and comments nobody can tell a program without a libc from one with an unknown one. */
function strippedExpectation({ expected }: Fixture, how: 'stripped' | 'sstripped'): Fixture['expected'] {
  if (expected.libc !== 'none') return expected;
  return { ...expected, libc: 'unknown', languages: how === 'stripped' ? ['c'] : [] };
}

/** The view that planSectionDrop promises is, byte for byte, what sstrip makes. */
function checkSectionDrop(stripped: string, sstripped: string): void {
  const source = openByteSource(stripped);
  const plan = planSectionDrop(source);
  const view = sectionlessView(source, plan);
  expect(plan.kind).toBe('drop');
  expect(view.read(0, view.sizeBytes).equals(readFileSync(sstripped))).toBe(true);
  expect(view.read(30, 40).equals(readFileSync(sstripped).subarray(30, 70))).toBe(true);
  source.close();
}

describe('section headers are kept', () => {
  it.skipIf(!hasTool('gcc'))('where something is appended, or where there is nothing to drop', () => {
    const path = join(folder, 'appended');
    execFileSync('gcc', ['-Os', join(folder, 'h.c'), '-o', path]);
    const bytes = readFileSync(path);
    const appended = planSectionDrop(memoryByteSource(Buffer.concat([bytes, Buffer.from('payload')])));
    expect(appended).toEqual({
      kind: 'keep',
      reason: '7 bytes are appended to it, which the program may read',
    });
    expect(planSectionDrop(memoryByteSource(sstrip(bytes)))).toMatchObject({ kind: 'keep' });
  });
});

describe.skipIf(!hasTool('go'))('Go function names', () => {
  it('are those that are linked, with sections and without', { timeout: BUILD_TIMEOUT_MS }, () => {
    const source =
      'package main\n\nimport (\n\t"fmt"\n\t"time"\n)\n\nfunc main() { fmt.Println(time.LoadLocation("Europe/Paris")) }\n';
    writeFileSync(join(folder, 'zone.go'), source);
    for (const mode of ['exe', 'pie']) {
      const path = join(folder, `zone-${mode}`);
      const args = ['build', `-buildmode=${mode}`, '-ldflags', '-s -w', '-o', path, 'zone.go'];
      execFileSync('go', args, {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: '0', GO111MODULE: 'off' },
      });
      const wanted = ['time.LoadLocation', 'main.main', 'net.(*Resolver).lookupHost', 'os/user.Current'];
      for (const bytes of [readFileSync(path), sstrip(readFileSync(path))]) {
        const names = goFunctionNames(openElf(memoryByteSource(bytes)), wanted);
        expect([...(names ?? [])]).toEqual(['time.LoadLocation', 'main.main']);
      }
    }
  });
});
