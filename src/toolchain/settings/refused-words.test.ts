import { describe, expect, it } from 'vitest';
import { type BuildTool, refusedWord } from './refused-words.ts';

/** As a tool reads its words: getopt_long(3), Python's argparse, autoconf, clap. */
describe('a word that stands for others', () => {
  it.each<[BuildTool, string, string?]>([
    ['make', '-nB'],
    ['make', '-kn'],
    ['make', '-kC..'],
    ['make', '-kC', '/tmp'],
    ['make', '--dry'],
    ['make', '--direc=..'],
    ['meson', '--back', 'vs'],
    ['meson', '--back=vs'],
    ['configure', '--srcd=x'],
    ['cargo', '-qpx'],
    ['cargo', '-vV'],
  ])('%s %s %s is refused by what it means', (tool, word, next) => {
    expect(refusedWord(tool, word, next)).not.toBeNull();
  });

  // What stands behind an option with a value is that value, and no option.
  it.each<[BuildTool, string, string?]>([
    ['make', '-Bfn.mk'],
    ['make', '-j2'],
    ['make', '-Iinclude/n'],
    ['make', '-lt'],
    ['make', '-On'],
    ['make', '-kCsrc'],
    ['make', '--no-print-directory'],
    ['make', 'n'],
    ['make', '--debug=n'],
    ['make', '-k', 'n'],
    ['meson', '-Dvh=1'],
    ['cargo', '-Fpx'],
    ['go', '-nx'],
  ])('%s %s %s is not', (tool, word, next) => {
    expect(refusedWord(tool, word, next)).toBeNull();
  });
});
