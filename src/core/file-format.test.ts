import { describe, expect, it } from 'vitest';
import { memoryByteSource } from './byte-source.ts';
import { foreignFormat } from './file-format.ts';

const kindOf = (bytes: string | Buffer): string =>
  foreignFormat(memoryByteSource(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)).kind;

describe('foreignFormat', () => {
  it.each([
    ["MZqFpD='\n\n", 'ape'],
    ["jartsr='\n", 'ape'],
    ["APEDBG='\n", 'ape'],
    ['MZ\x90\0\x03\0', 'windows'],
    ['\xcf\xfa\xed\xfe\x07\0\0\x01', 'macos'],
    ['\xfe\xed\xfa\xce', 'macos'],
    // Of two processors; a class file of Java 8 has the version 52 there.
    ['\xca\xfe\xba\xbe\0\0\0\x02', 'macos'],
    ['\xca\xfe\xba\xbe\0\0\0\x34', 'java'],
    ['\0asm\x01\0\0\0', 'webassembly'],
    ['\xcb\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0', 'python-bytecode'],
    ['\x1f\x8b\x08', 'compressed'],
    ['PK\x03\x04', 'compressed'],
    ['\xfd7zXZ\0', 'compressed'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', 'lfs-pointer'],
    ['<!DOCTYPE html><title>404</title>', 'html'],
    ['\n<html>', 'html'],
    ['\xff\xfe#\0!\0', 'utf-16'],
    ['\xef\xbb\xbf#!/bin/sh\n', 'script'],
    [`#!/${'a'.repeat(300)}\n`, 'script'],
    ['#!\n', 'script'],
    ['\n#!/bin/sh\n', 'script'],
    ['echo hi\n', 'other'],
    ['MEOW', 'other'],
    ['M', 'other'],
  ])('%j is %s', (bytes, kind) => {
    expect(kindOf(bytes)).toBe(kind);
  });
});
