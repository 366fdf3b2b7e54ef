import { describe, expect, it } from 'vitest';
import type { ElfFacts } from '../../elf/index.ts';
import type { GoProject } from '../../project/index.ts';
import { askableRungs, chooseRungs, ladderFor, rejectedForBinary, rungOfBinary } from './ladder.ts';

const facts = (part: Partial<ElfFacts>): ElfFacts => part as ElfFacts;

describe('ladderFor', () => {
  it('starts Go at its own static rung and keeps the libc rungs for cgo', () => {
    const project = { kind: 'go' } as GoProject;
    expect(ladderFor(project)).toEqual(['static-go', 'static-musl', 'static-glibc', 'closure']);
  });
});

describe('rungOfBinary', () => {
  it.each([
    [facts({ link: 'static', libc: 'musl' }), 'static-musl'],
    [facts({ link: 'static-pie', libc: 'glibc' }), 'static-glibc'],
    [facts({ link: 'static', libc: 'go' }), 'static-go'],
    [facts({ link: 'dynamic', libc: 'glibc' }), 'closure'],
  ] as const)('%o stands on %s', (given, rung) => {
    expect(rungOfBinary(given)).toBe(rung);
  });

  it('says of each lower rung why a dynamic binary is not there', () => {
    expect(rejectedForBinary('closure').map((one) => one.rung)).toEqual(['static-musl', 'static-glibc']);
    expect(rejectedForBinary('static-musl')).toEqual([]);
  });
});

describe('chooseRungs', () => {
  const ladder = ['static-musl', 'static-glibc', 'closure'] as const;

  it('keeps the order of the ladder, whatever that of the wishes', () => {
    expect(chooseRungs(ladder, ['closure', 'static-musl'])).toEqual(['static-musl', 'closure']);
    expect(chooseRungs(ladder, null)).toBe(ladder);
  });

  it('refuses what is not on the ladder, and names the rungs that are', () => {
    const refused = expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('closure') });
    expect(() => chooseRungs(ladder, ['static-go'])).toThrowError(refused);
  });
});

describe('what may be asked for', () => {
  const go = (usesCgo: boolean) => ({ kind: 'go', usesCgo }) as GoProject;

  it('is no C library for Go without C code, and the error names the right rung', () => {
    expect(askableRungs(go(false))).toEqual(['static-go', 'closure']);
    expect(askableRungs(go(true))).toContain('static-musl');
    expect(() => chooseRungs(askableRungs(go(false)), ['static-musl'])).toThrowError(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('--rung static-go') as string }),
    );
  });
});
