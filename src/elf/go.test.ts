import { describe, expect, it } from 'vitest';
import { buildElf } from '../../test/property/elf-builder.ts';
import { goBuildInfo, goBuildInfoByPointer, goFunctionTable } from '../../test/property/elf-go-tables.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { goFunctionNames, openElf, readElf } from './index.ts';

const LINES = [
  'path\texample.com/tool/cmd/tool',
  'mod\texample.com/tool\tv1.2.3\th1:aaaa',
  'dep\tgithub.com/a/b\tv0.1.0\th1:bbbb',
  'dep\tgithub.com/old/c\tv1.0.0',
  '=>\tgithub.com/new/c\tv1.0.1\th1:cccc',
  'build\t-ldflags="-s -w -X \\"main.v=1 2\\""',
  'build\tCGO_ENABLED=0',
  'build\tGOAMD64=v3',
];

const EXPECTED = {
  mainPackage: 'example.com/tool/cmd/tool',
  mainModule: { path: 'example.com/tool', version: 'v1.2.3' },
  modules: [
    { path: 'github.com/a/b', version: 'v0.1.0' },
    { path: 'github.com/new/c', version: 'v1.0.1' },
  ],
  settings: { '-ldflags': '-s -w -X "main.v=1 2"', CGO_ENABLED: '0', GOAMD64: 'v3' },
};

describe('Go build info', () => {
  it('is read in the inline form (Go 1.18 and later)', () => {
    const bytes = buildElf({ type: 2, constants: goBuildInfo('go1.26.8', LINES) });
    expect(readElf(memoryByteSource(bytes, 'tool'))).toMatchObject({
      go: { version: 'go1.26.8', ...EXPECTED },
      languages: ['go'],
      libc: 'go',
    });
  });

  it('is read in the pointer form (Go 1.13 to 1.17)', () => {
    const probe = buildElf({ type: 2, constants: goBuildInfo('go1.16.3', LINES) });
    const address = 0x400000 + probe.indexOf(Buffer.from('\xff Go buildinf:', 'latin1'));
    const bytes = buildElf({ type: 2, constants: goBuildInfoByPointer('go1.16.3', LINES, address) });
    expect(readElf(memoryByteSource(bytes, 'tool')).go).toEqual({ version: 'go1.16.3', ...EXPECTED });
  });

  it('is null where its lengths lie', () => {
    const info = goBuildInfo('go1.26.8', LINES);
    info.fill(0xff, 32, 37);
    expect(readElf(memoryByteSource(buildElf({ type: 2, constants: info }), 'tool')).go).toBeNull();
  });
});

describe('Go function names', () => {
  const constants = goFunctionTable([
    'go:buildid',
    'main.main',
    'net.(*Resolver).lookupHost',
    'time.LoadLocationX',
  ]);
  const elf = openElf(memoryByteSource(buildElf({ type: 2, constants }), 'tool'));

  it('are matched whole', () => {
    const wanted = ['main.main', 'net.(*Resolver).lookupHost', 'time.LoadLocation', 'go:buildid', 'in.main'];
    expect([...(goFunctionNames(elf, wanted) ?? [])]).toEqual([
      'main.main',
      'net.(*Resolver).lookupHost',
      'go:buildid',
    ]);
  });

  it('are null without the table', () => {
    expect(goFunctionNames(openElf(memoryByteSource(buildElf({}), 'c')), ['main.main'])).toBeNull();
  });
});
