import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detectLicense } from './license.ts';

const MIT = `MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal …
The above copyright notice and this permission notice shall be included …
THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND`;
const GPL3 =
  '                    GNU GENERAL PUBLIC LICENSE\n                       Version 3, 29 June 2007\n';
const LATER =
  '/* under the terms of the GNU General Public License: either version 3 of\n * the License, or (at your option) any later version. */';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'morsel-license-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};

describe('detectLicense', () => {
  it('knows the text of MIT', () => {
    write('LICENSE', MIT);
    expect(detectLicense(root)).toBe('MIT');
  });

  it("does not take X11's extra clause for MIT", () => {
    write('COPYING', `${MIT}\nExcept as contained in this notice, the name of X shall not be used`);
    expect(detectLicense(root)).toBeNull();
  });

  it('says nothing about the GPL until a header tells whether later versions are allowed', () => {
    write('COPYING', GPL3);
    expect(detectLicense(root)).toBeNull();
    write('src/main.c', LATER);
    expect(detectLicense(root)).toBe('GPL-3.0-or-later');
  });

  it('says nothing when two headers disagree', () => {
    write('COPYING', GPL3);
    write('a.c', LATER);
    write('b.c', '// SPDX-License-Identifier: GPL-3.0-only');
    expect(detectLicense(root)).toBeNull();
  });

  it('says nothing when there are two licences', () => {
    write('LICENSE', MIT);
    write('COPYING', GPL3);
    expect(detectLicense(root)).toBeNull();
  });

  it('tells BSD with two clauses from BSD with three', () => {
    const two =
      'Redistribution and use in source and binary forms, with or without\nmodification, are permitted provided that the following conditions are met:';
    write('LICENSE', two);
    expect(detectLicense(root)).toBe('BSD-2-Clause');
    write(
      'LICENSE',
      `${two}\n3. Neither the name of the copyright holder nor its contributors may be used to endorse or\npromote products derived`,
    );
    expect(detectLicense(root)).toBe('BSD-3-Clause');
  });

  it('knows nothing of a directory without licences, or of unknown words', () => {
    expect(detectLicense(root)).toBeNull();
    write('LICENSE', 'All rights reserved.');
    expect(detectLicense(root)).toBeNull();
  });
});
