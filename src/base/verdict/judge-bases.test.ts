import { describe, expect, it } from 'vitest';
import { DYNAMIC } from '../../../test/elf-facts.ts';
import { memoryByteSource } from '../../core/byte-source.ts';
import type { ElfFacts } from '../../elf/index.ts';
import { findNeeds, type Need } from '../../needs/index.ts';
import type { Base } from '../known/base.ts';
import { KNOWN_BASES } from '../known/known-bases.ts';
import { describeVersions } from '../known/library-versions.ts';
import { judgeBases } from './judge-bases.ts';

const needing = (version: string, library = 'libc.so.6'): ElfFacts => ({
  ...DYNAMIC,
  needed: [...new Set(['libc.so.6', library])],
  versionNeeds: [{ library, versions: [{ name: version, weak: false }] }],
  minimumGlibc: /^GLIBC_(\d.*)$/.exec(version)?.[1] ?? null,
});

const verdicts = (facts: ElfFacts, needs: readonly Need[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(judgeBases({ facts, needs }).map(({ base, runs }) => [base, runs]));
const reasonOn = (base: string, facts: ElfFacts, needs: readonly Need[] = []): string =>
  judgeBases({ facts, needs }).find((verdict) => verdict.base === base)?.reason ?? '';

describe('the known bases', () => {
  it('are those that the contract names, and more', () => {
    const names = KNOWN_BASES.map(({ name }) => name);
    for (const name of [
      'scratch',
      'distroless-static',
      'distroless-base',
      'distroless-cc',
      'alpine',
      'busybox:musl',
      'busybox:glibc',
      'debian:12',
      'debian:12-slim',
      'debian:13',
      'debian:13-slim',
      'ubuntu:22.04',
      'ubuntu:24.04',
    ])
      expect(names).toContain(name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a dynamic glibc program', () => {
  it('runs where glibc is', () => {
    expect(verdicts(DYNAMIC)).toMatchObject({
      scratch: 'no',
      'distroless-static': 'no',
      'distroless-cc': 'yes',
      alpine: 'no',
      'debian:12': 'yes',
      'debian:13': 'yes',
      'ubuntu:22.04': 'yes',
    });
    expect(reasonOn('scratch', DYNAMIC)).toContain('/lib64/ld-linux-x86-64.so.2');
    expect(reasonOn('alpine', DYNAMIC)).toContain('linked with glibc, and alpine has musl');
  });

  it('needs a glibc that has its versions, compared by number', () => {
    expect(verdicts(needing('GLIBC_2.36'))).toMatchObject({
      'ubuntu:22.04': 'no',
      'debian:12': 'yes',
      'ubuntu:24.04': 'yes',
      'debian:13': 'yes',
    });
    expect(verdicts(needing('GLIBC_2.38'))).toMatchObject({
      'debian:12': 'no',
      'distroless-cc': 'no',
      'ubuntu:24.04': 'yes',
      'debian:13': 'yes',
    });
    expect(verdicts(needing('GLIBC_2.4'))).toMatchObject({ 'ubuntu:22.04': 'yes' });
    expect(reasonOn('debian:12', needing('GLIBC_2.38'))).toBe(
      'needs glibc 2.38, and debian:12 has 2.36: version libc.so.6: GLIBC_2.38 not found',
    );
  });

  it('needs a libstdc++ that has its versions', () => {
    expect(verdicts(needing('GLIBCXX_3.4.32', 'libstdc++.so.6'))).toMatchObject({
      'debian:12': 'no',
      'ubuntu:22.04': 'no',
      'debian:13': 'yes',
      'ubuntu:24.04': 'yes',
      'distroless-base': 'no',
    });
    expect(reasonOn('distroless-base', needing('GLIBCXX_3.4', 'libstdc++.so.6'))).toContain(
      'libstdc++.so.6 is not in distroless-base',
    );
  });

  it('does not mind a weak version, nor a library without any', () => {
    const weak = {
      ...DYNAMIC,
      versionNeeds: [{ library: 'libc.so.6', versions: [{ name: 'GLIBC_9.9', weak: true }] }],
    };
    expect(verdicts(weak)).toMatchObject({ 'debian:12': 'yes' });
    expect(verdicts(needing('ZLIB_9', 'libacl.so.1'))).toMatchObject({ 'ubuntu:22.04': 'yes' });
  });

  it('names what is missing; where a list may be short or the program has libraries of its own, it is unknown', () => {
    const curl = { ...DYNAMIC, needed: ['libcurl.so.4', 'libc.so.6'] };
    expect(reasonOn('debian:12', curl)).toBe('libcurl.so.4 is not in debian:12');
    expect(verdicts(curl)).toMatchObject({ 'debian:12': 'no', 'ubuntu:24.04': 'unknown' });
    expect(verdicts({ ...curl, runpath: '$ORIGIN/../lib' })).toMatchObject({ 'debian:12': 'unknown' });
  });

  it('with DT_RELR needs glibc 2.36', () => {
    expect(verdicts({ ...DYNAMIC, relr: true })).toMatchObject({ 'ubuntu:22.04': 'no', 'debian:12': 'yes' });
  });

  it('with a loader of another place runs nowhere', () => {
    expect(verdicts({ ...DYNAMIC, interpreter: '/nix/store/x/lib/ld-linux-x86-64.so.2' })).toMatchObject({
      'debian:12': 'no',
    });
    expect(verdicts({ ...DYNAMIC, interpreter: '/lib/ld-linux-x86-64.so.2' })).toMatchObject({
      'debian:12': 'no',
    });
    expect(verdicts({ ...DYNAMIC, interpreter: '/opt/ld.so' })).toMatchObject({ 'debian:12': 'no' });
  });
});

describe('other programs', () => {
  const MUSL: ElfFacts = {
    ...DYNAMIC,
    interpreter: '/lib/ld-musl-x86_64.so.1',
    libc: 'musl',
    needed: ['libc.musl-x86_64.so.1'],
    versionNeeds: [],
    minimumGlibc: null,
  };
  it('musl runs on alpine only', () => {
    expect(verdicts(MUSL)).toMatchObject({
      alpine: 'yes',
      'debian:12': 'no',
      'busybox:musl': 'no',
      scratch: 'no',
    });
    expect(verdicts({ ...MUSL, needed: ['libc.so', 'libstdc++.so.6'] })).toMatchObject({ alpine: 'no' });
    const elsewhere = { ...MUSL, interpreter: '/opt/musl/lib/ld-musl-x86_64.so.1' };
    expect(verdicts(elsewhere)).toMatchObject({ alpine: 'no' });
    expect(verdicts({ ...MUSL, interpreter: '/lib/ld-musl-i386.so.1' })).toMatchObject({ alpine: 'no' });
  });

  it('musl with DT_RELR runs from 1.2.4 on; where the version cannot be seen, it is unknown', () => {
    const alpine = KNOWN_BASES.find(({ name }) => name === 'alpine');
    const on = (version: string) =>
      judgeBases({ facts: { ...MUSL, relr: true }, needs: [] }, [
        { ...(alpine as Base), libc: { name: 'musl', version } },
      ])[0]?.runs;
    expect([on('1.2.3'), on('1.2.4'), on('1.2.5'), on('unknown')]).toEqual(['no', 'yes', 'yes', 'unknown']);
  });

  it('static runs everywhere, but for IFUNC on musl', () => {
    const STATIC: ElfFacts = {
      ...DYNAMIC,
      link: 'static',
      interpreter: null,
      needed: [],
      versionNeeds: [],
      minimumGlibc: null,
    };
    expect(new Set(Object.values(verdicts(STATIC)))).toEqual(new Set(['yes']));
    expect(new Set(Object.values(verdicts({ ...STATIC, libc: 'musl', irelativeCount: 2 })))).toEqual(
      new Set(['no']),
    );
    expect(new Set(Object.values(verdicts({ ...STATIC, packedBy: 'upx' })))).toEqual(new Set(['unknown']));
  });

  it('another machine’s program is judged for that machine’s base', () => {
    expect(
      verdicts({
        ...DYNAMIC,
        machine: 'aarch64',
        interpreter: '/lib/ld-linux-aarch64.so.1',
        needed: ['libc.so.6', 'ld-linux-aarch64.so.1'],
      }),
    ).toMatchObject({ 'debian:12': 'yes', scratch: 'no' });
  });
});

describe('needs in a verdict', () => {
  it('a base that starts the program says what it lacks', () => {
    const need: Need = { need: 'ca-certificates', level: 'likely', evidence: '', failure: '', fix: '' };
    expect(reasonOn('debian:12', DYNAMIC, [need])).toContain('lacks what it will want: ca-certificates');
    expect(reasonOn('distroless-cc', DYNAMIC, [need])).not.toContain('lacks');
    expect(reasonOn('debian:12', DYNAMIC, [{ ...need, level: 'possible' }])).not.toContain('lacks');
  });

  it('bytes that are no ELF file end in an error of the reader, not of the rows', () => {
    expect(() => findNeeds({ facts: DYNAMIC, source: memoryByteSource(Buffer.from('hello')) })).toThrow(
      /ELF/,
    );
  });
});

describe('small parts', () => {
  it('describeVersions keeps the highest of each family', () => {
    expect(
      describeVersions([
        'libc.so.6',
        'GLIBC_2.4',
        'GLIBC_2.36',
        'GLIBC_2.9',
        'GLIBC_ABI_DT_RELR',
        'GLIBC_PRIVATE',
      ]),
    ).toEqual({ highest: { GLIBC: '2.36' }, names: ['GLIBC_ABI_DT_RELR', 'GLIBC_PRIVATE'] });
  });
});
