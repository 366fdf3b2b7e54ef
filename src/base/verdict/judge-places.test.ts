import { describe, expect, it } from 'vitest';
import { DYNAMIC } from '../../../test/elf-facts.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { judgeBases } from './judge-bases.ts';

const verdicts = (facts: ElfFacts): Readonly<Record<string, string>> =>
  Object.fromEntries(judgeBases({ facts, needs: [] }).map(({ base, runs }) => [base, runs]));
const reasonOn = (base: string, facts: ElfFacts): string =>
  judgeBases({ facts, needs: [] }).find((verdict) => verdict.base === base)?.reason ?? '';

describe('the path of the loader', () => {
  const on = (interpreter: string): Readonly<Record<string, string>> => verdicts({ ...DYNAMIC, interpreter });

  it.each([
    '//lib64/ld-linux-x86-64.so.2',
    '/lib64//ld-linux-x86-64.so.2',
    '/lib64/./ld-linux-x86-64.so.2',
    '/lib64/../lib64/ld-linux-x86-64.so.2',
    '/../lib64/ld-linux-x86-64.so.2',
  ])('%s is the usual one, on every base with glibc', (interpreter) => {
    expect(on(interpreter)).toEqual(verdicts(DYNAMIC));
  });

  it('below /usr is there where /lib64 is a link into it, and elsewhere not known', () => {
    const usr = on('/usr/lib64/ld-linux-x86-64.so.2');
    expect(usr).toMatchObject({ 'debian:12': 'yes', 'debian:13': 'yes', 'ubuntu:22.04': 'yes' });
    expect(usr).toMatchObject({
      'distroless-cc': 'unknown',
      'busybox:glibc': 'unknown',
      alpine: 'no',
      scratch: 'no',
    });
  });

  it('in the folder of Debian’s tuple is there on Debian, and not on others', () => {
    const place = on('/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
    expect(place).toMatchObject({
      'debian:12': 'yes',
      'ubuntu:24.04': 'yes',
      'distroless-cc': 'yes',
      'ubi:9': 'no',
    });
    expect(on('/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2')).toMatchObject({ 'debian:13': 'yes' });
    expect(on('/lib/aarch64-linux-gnu/ld-linux-x86-64.so.2')).toMatchObject({ 'debian:12': 'no' });
  });

  it.each([
    ['/system/bin/linker64', 'linked with bionic'],
    ['/lib/ld64-uClibc.so.0', 'linked with uclibc'],
  ])('%s is of another C library, everywhere', (interpreter, reason) => {
    expect(new Set(Object.values(on(interpreter)))).toEqual(new Set(['no']));
    expect(reasonOn('debian:12', { ...DYNAMIC, interpreter })).toContain(reason);
  });

  it.each([
    ['/libexec/ld-elf.so.1', 'FreeBSD'],
    ['/usr/libexec/ld.elf_so', 'NetBSD'],
    ['/usr/libexec/ld.so', 'OpenBSD'],
    ['/lib/amd64/ld.so.1', 'Solaris'],
  ])('%s is of another system', (interpreter, system) => {
    expect(new Set(Object.values(on(interpreter)))).toEqual(new Set(['no']));
    expect(reasonOn('debian:12', { ...DYNAMIC, interpreter })).toContain(`a program for ${system}`);
  });
});

describe('the platform that a verdict speaks of', () => {
  const I386: ElfFacts = { ...DYNAMIC, machine: 'i386', class: 32, interpreter: '/lib/ld-linux.so.2' };
  const ARM: ElfFacts = { ...I386, machine: 'arm', interpreter: '/lib/ld-linux-armhf.so.3' };
  const STATIC = {
    link: 'static',
    interpreter: null,
    needed: [],
    versionNeeds: [],
    minimumGlibc: null,
  } as const;
  const on = (base: string, facts: ElfFacts) =>
    judgeBases({ facts, needs: [] }).find((verdict) => verdict.base === base);

  it('is that of the program', () => {
    expect(on('debian:12', DYNAMIC)?.platform).toBe('linux/amd64');
    expect(on('debian:12', { ...DYNAMIC, machine: 'aarch64' })?.platform).toBe('linux/arm64');
    expect(on('scratch', { ...I386, ...STATIC })).toMatchObject({ platform: 'linux/386', runs: 'yes' });
  });

  it('of i386 is an image that few bases have', () => {
    expect(on('debian:12', I386)).toMatchObject({
      platform: 'linux/386',
      runs: 'yes',
      reason: expect.stringContaining('on the image for linux/386 only'),
    });
    for (const base of ['distroless-cc', 'distroless-base', 'ubuntu:22.04', 'ubuntu:24.04', 'ubi:9'])
      expect(on(base, I386)).toMatchObject({
        runs: 'no',
        reason: `there is no image of ${base} for linux/386, and /lib/ld-linux.so.2 is not in that for linux/amd64`,
      });
    // Nothing in the image is needed: the kernel of the 64-bit one runs it.
    expect(on('distroless-static', { ...I386, ...STATIC })).toMatchObject({
      platform: 'linux/amd64',
      runs: 'yes',
      reason: expect.stringContaining('on the image for linux/amd64, whose kernel runs it'),
    });
  });

  it('of ARM depends on its floating point', () => {
    expect(on('ubuntu:24.04', ARM)).toMatchObject({ platform: 'linux/arm/v7', runs: 'yes' });
    const soft = { ...ARM, interpreter: '/lib/ld-linux.so.3' };
    expect(on('debian:12', soft)).toMatchObject({ platform: 'linux/arm/v5', runs: 'yes' });
    expect(on('ubuntu:24.04', soft)).toMatchObject({ runs: 'no' });
  });

  it('is none where no image is made for the machine', () => {
    const sparc: ElfFacts = { ...DYNAMIC, ...STATIC, machine: 'sparc64' };
    expect(on('scratch', sparc)).toMatchObject({ runs: 'yes' });
    expect(on('debian:12', sparc)).toMatchObject({
      runs: 'no',
      reason: 'there is no image of debian:12 for sparc64',
    });
    expect(on('alpine', { ...sparc, machine: 'mips64el' })?.runs).toBe('no');
  });
});

describe('the processor', () => {
  it('that the C library of a base wants is said, and of a static program is not', () => {
    expect(reasonOn('ubi:10', DYNAMIC)).toContain('its glibc wants a processor of x86-64-v3');
    expect(reasonOn('ubi:9', DYNAMIC)).toContain('its glibc wants a processor of x86-64-v2');
    expect(reasonOn('debian:12', DYNAMIC)).not.toContain('processor');
    expect(
      reasonOn('ubi:10', { ...DYNAMIC, machine: 'aarch64', interpreter: '/lib/ld-linux-aarch64.so.1' }),
    ).not.toContain('processor');
  });
});

describe('what runs nowhere', () => {
  it.each([
    ['cut-off', 'damaged: 10 bytes are missing at its end'],
    ['debug-file', 'not a program: 10 bytes are missing at its end'],
  ] as const)('a file with a defect: %s', (kind, reason) => {
    const facts = { ...DYNAMIC, defect: { kind, message: '10 bytes are missing at its end' } };
    expect(new Set(Object.values(verdicts(facts)))).toEqual(new Set(['no']));
    expect(reasonOn('debian:12', facts)).toBe(reason);
  });

  it('a Go program of another system; where only the header says so, it is unknown', () => {
    const STATIC: ElfFacts = { ...DYNAMIC, link: 'static', interpreter: null, needed: [], versionNeeds: [] };
    const go = (GOOS: string) => ({
      version: 'go1.24',
      mainPackage: null,
      mainModule: null,
      modules: [],
      settings: { GOOS },
    });
    expect(verdicts({ ...STATIC, go: go('freebsd') })).toMatchObject({ scratch: 'no' });
    expect(verdicts({ ...STATIC, go: go('linux') })).toMatchObject({ scratch: 'yes' });
    expect(verdicts({ ...STATIC, osAbi: 9 })).toMatchObject({ scratch: 'unknown' });
    expect(verdicts({ ...STATIC, osAbi: 3 })).toMatchObject({ scratch: 'yes' });
  });
});
