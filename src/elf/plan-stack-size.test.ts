import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hasTool } from '../../test/reference-tools.ts';
import { openByteSource } from '../core/byte-source.ts';
import { planStackSize } from './plan-stack-size.ts';

const folder = mkdtempSync(join(tmpdir(), 'morsel-stack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compile(name: string, ...flags: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(`${file}.c`, 'int main(void) { return 0; }\n');
  execFileSync('gcc', [...flags, '-o', file, `${file}.c`]);
  return file;
}

function planOf(file: string): ReturnType<typeof planStackSize> {
  const source = openByteSource(file);
  try {
    return planStackSize(source, 0x345678);
  } finally {
    source.close();
  }
}

it.skipIf(!hasTool('readelf') || !hasTool('gcc'))(
  'is what readelf then reads, and nothing else changes',
  () => {
    const file = compile('plain');
    const before = readFileSync(file);
    const plan = planOf(file);
    const fd = openSync(file, 'r+');
    writeSync(fd, plan?.bytes ?? Buffer.alloc(0), 0, plan?.bytes.length, plan?.offset);
    closeSync(fd);
    expect(execFileSync('readelf', ['-lW', file], { encoding: 'utf8' })).toMatch(/GNU_STACK .* 0x345678 RW/);
    const after = readFileSync(file);
    const differing = [...after.keys()].filter((at) => after[at] !== before[at]);
    expect(differing.every((at) => plan !== null && at >= plan.offset && at < plan.offset + 8)).toBe(true);
    expect(planOf(file)).toBeNull();
  },
);

it.skipIf(!hasTool('gcc'))('is left to a program that says its own', () => {
  expect(planOf(compile('own', '-Wl,-z,stack-size=65536'))).toBeNull();
});
