import { describe, expect, it } from 'vitest';
import { buildElf } from '../../test/property/elf-builder.ts';
import { memoryByteSource } from '../core/byte-source.ts';
import { type ElfFacts, readElf } from '../elf/index.ts';
import { findNeeds } from './index.ts';
import { zoneWithin } from './zone-literals.ts';

/** The zones that a dynamic program with these constants is found to name. */
function zonesOf(constants: string, facts: Partial<ElfFacts> = {}): string | undefined {
  const bytes = buildElf({
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    needed: ['libc.so.6'],
    imports: [{ name: 'localtime', library: 'libc.so.6', version: 'GLIBC_2.2.5' }],
    constants: Buffer.from(constants),
  });
  const source = memoryByteSource(bytes);
  const needs = findNeeds({ facts: { ...readElf(source), ...facts }, source });
  return needs.find(({ need }) => need === 'time-zones')?.details?.['zones'];
}

describe('names of zones among the constants', () => {
  it('are whole strings of a C program', () => {
    expect(zonesOf('\0Europe/Berlin\0x\0America/Argentina/Buenos_Aires\0')).toBe(
      'America/Argentina/Buenos_Aires Europe/Berlin',
    );
    expect(zonesOf('\0America/Port-au-Prince\0')).toBe('America/Port-au-Prince');
    expect(zonesOf('\0see Europe/Berlin\0Europe/Berlin and more\0')).toBeUndefined();
  });

  it('are beginnings where literals stand side by side', () => {
    const rust = { languages: ['rust'] } as const;
    expect(zonesOf('unknownAsia/TokyoBad Request', rust)).toBe('Asia/Tokyo');
    expect(zonesOf('xAmerica/New_York\nEurope/Parisx', rust)).toBe('America/New_York Europe/Parisx');
  });

  it('are a table where there are many', () => {
    const cities = ['Rome', 'Paris', 'Madrid', 'Berlin', 'Vienna', 'Oslo', 'Riga', 'Sofia', 'Malta', 'Minsk'];
    expect(zonesOf(`\0${cities.map((city) => `Europe/${city}`).join('\0')}\0`)).toBeUndefined();
  });
});

describe('zoneWithin', () => {
  it('takes the longest beginning that is there', () => {
    const known = new Set(['Asia/Tokyo', 'America/Argentina', 'America/Argentina/Ushuaia']);
    const within = (text: string) => zoneWithin(text, (zone) => known.has(zone));
    expect(within('Asia/Tokyounknown')).toBe('Asia/Tokyo');
    expect(within('America/Argentina/Ushuaia')).toBe('America/Argentina/Ushuaia');
    expect(within('Asia/Toky')).toBeNull();
  });
});
