import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, morsel } from '../built-cli.ts';

/** docs/decisions/0014: whatever is in the cache, a command gives the same answer. */
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'morsel-code-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

async function lddOfNode(): Promise<string> {
  const env = cleanEnvironment({ XDG_CACHE_HOME: cache });
  const done = await morsel(['ldd', process.execPath], { env });
  expect(done.stderr).toBe('');
  expect(done.exitCode).toBe(0);
  return done.stdout;
}

const folder = (): string => join(cache, 'morsel/code');
const files = (): readonly string[] => readdirSync(folder()).map((name) => join(folder(), name));

describe('the code cache', () => {
  it('is one file for a command, and the second start changes nothing in it', async () => {
    const first = await lddOfNode();
    expect(files()).toHaveLength(1);
    const kept = readFileSync(files()[0]!);
    expect(kept.length).toBeGreaterThan(50_000);
    expect(await lddOfNode()).toBe(first);
    expect(readFileSync(files()[0]!).equals(kept)).toBe(true);
  });

  it('is made again when V8 refuses it, or when it is cut short', async () => {
    const first = await lddOfNode();
    const [path] = files();
    const whole = readFileSync(path!);
    // The head of each chunk's data says which V8 wrote it.
    const otherV8 = Buffer.from(
      whole.toString('latin1').replaceAll(versionOfV8(whole), '\0\0\0\0'),
      'latin1',
    );
    expect(otherV8.equals(whole)).toBe(false);
    for (const damaged of [otherV8, whole.subarray(0, whole.length / 2), Buffer.alloc(0)]) {
      writeFileSync(path!, damaged);
      expect(await lddOfNode()).toBe(first);
      const size = readFileSync(path!).length;
      expect(Math.abs(size - whole.length)).toBeLessThan(whole.length / 10);
    }
  });

  it('does not stand in the way when a file is in its place', async () => {
    mkdirSync(join(cache, 'morsel'));
    writeFileSync(folder(), '');
    expect(await lddOfNode()).toContain('libc.so.6');
  });
});

/** SerializedCodeData: a magic number, then the hash of V8's version (src/snapshot/code-serializer.h). */
function versionOfV8(cacheFile: Buffer): string {
  let at = 0;
  const next = (): Buffer => {
    const start = at + 8;
    const length = cacheFile.readUInt32LE(at);
    at = start + Math.ceil(length / 8) * 8;
    return cacheFile.subarray(start, start + length);
  };
  next(); // the key
  next(); // the name of a chunk
  return next().toString('latin1', 4, 8);
}
