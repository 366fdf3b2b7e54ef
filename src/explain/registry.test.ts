import { describe, expect, it } from 'vitest';
import { NEED_FAMILIES } from '../needs/index.ts';
import { type CauseName, causeOfLack, CAUSES } from './causes/index.ts';
import { explain } from './index.ts';
import type { ErrorPattern } from './patterns/error-pattern.ts';
import { PATTERN_GROUPS } from './patterns/index.ts';

const NAMES: ReadonlySet<string> = new Set(CAUSES.map(({ cause }) => cause));

describe('the registry of causes', () => {
  it('has each once', () => {
    expect(NAMES.size).toBe(CAUSES.length);
  });

  it('does not compile with a name that no row has', () => {
    const known: CauseName = 'no-ca-certificates';
    // @ts-expect-error no cause is called so
    const misspelt: CauseName = 'no-ca-certificate';
    // @ts-expect-error nor may a pattern name it
    const pattern: ErrorPattern = { name: 'x', match: /x/, causes: ['no-ca-certificate'] };
    expect([known, misspelt, pattern]).toHaveLength(3);
  });

  it('is what patterns name, each of them', () => {
    const named = new Set(PATTERN_GROUPS.flat().flatMap(({ causes }) => causes));
    for (const name of named) expect(NAMES).toContain(name);
  });
});

describe('what families of needs teach', () => {
  it('is recognised: each of their texts, each of their causes', () => {
    const patterns = PATTERN_GROUPS.flat();
    for (const { texts = [], causes = [] } of NEED_FAMILIES) {
      for (const text of texts) expect(patterns).toContain(text);
      for (const { cause } of causes) expect(NAMES).toContain(cause);
    }
  });

  it.each([
    ['could not find any valid magic files!', null],
    ['x509: failed to load system roots', 'no-ca-certificates'],
    ['Dynamic loading not supported', 'static-dlopen'],
    ['libgcc_s.so.1 must be installed for pthread_cancel to work', 'libgcc-missing'],
    ['mkdir /data: read-only file system', 'read-only-root'],
    ['server misbehaving', 'no-name-server'],
  ] as const)('%s: %s', async (errorText, cause) => {
    expect((await explain({ errorText })).causes[0]?.cause ?? null).toBe(cause);
  });

  it('says which cause a lack is', () => {
    expect(causeOfLack('shell')).toBe('missing-program');
    expect(causeOfLack('tmp')).toBe('no-tmp');
    expect(causeOfLack('magic')).toBeNull();
  });
});
