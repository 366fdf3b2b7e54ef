import { join } from 'node:path';
import { directoryNames, readFileStart } from './project-file.ts';

/** Licence texts are shorter; a longer file is a collection of several. */
const LICENSE_LIMIT_BYTES = 64 * 1024;
const HEADER_LIMIT_BYTES = 4 * 1024;
/** Licence files of one project; the names differ in case and ending only. */
const MAX_LICENSES = 16;
/** Source files whose headers are read to tell `-only` from `-or-later`. */
const MAX_HEADERS = 30;

/**
 * The SPDX expression of a source tree, where its texts leave no doubt: one licence file whose text is known, and, for
 * the GNU licences, a header that says whether later versions are allowed. Else null: a wrong licence in an image is
 * worse than none.
 */
export function detectLicense(directory: string): string | null {
  const names = directoryNames(directory).files.filter((name) =>
    /^(LICEN[CS]E|COPYING|UNLICENSE)(\.(md|txt|rst))?$/i.test(name),
  );
  const found = new Set(
    names
      .slice(0, MAX_LICENSES)
      .map((name) => licenseOfText(readFileStart(join(directory, name), LICENSE_LIMIT_BYTES))),
  );
  const [license = null] = found;
  if (license === null || found.size !== 1) return null;
  if (!/^(A|L)?GPL-/.test(license)) return license;
  const suffix = gnuSuffix(directory);
  return suffix === null ? null : `${license}-${suffix}`;
}

/** The SPDX id of a licence's own text (the GNU ones without `-only` or `-or-later`); null when it is not known. */
function licenseOfText(text: string): string | null {
  const words = text.replaceAll(/[\s*#>]+/g, ' ').trim();
  const own = /SPDX-License-Identifier: ?([\w.+-]+(?: (?:OR|AND|WITH) [\w.+-]+)*)/.exec(words)?.[1];
  if (own !== undefined) return own;
  return (
    TEXTS.find(({ has, lacks }) => has.every((part) => part.test(words)) && !lacks?.test(words))?.id ?? null
  );
}

const BSD =
  /Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met/i;
const AS_IS = /THE SOFTWARE IS PROVIDED ["“”]?AS IS["“”]?/i;

/** Phrases that only that licence has; `lacks` tells it from a sister with one clause more. */
const TEXTS: readonly { readonly id: string; readonly has: readonly RegExp[]; readonly lacks?: RegExp }[] = [
  {
    id: 'MIT',
    has: [
      /Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files/i,
      /The above copyright notice and this permission notice/i,
      AS_IS,
    ],
    lacks: /Except as contained in this notice|without restriction.{0,40}unless/i,
  },
  {
    id: 'Apache-2.0',
    has: [/^(?:\S+ )?Apache License Version 2\.0, January 2004/i, /END OF TERMS AND CONDITIONS/i],
  },
  { id: 'GPL-3.0', has: [/^GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007/i] },
  { id: 'GPL-2.0', has: [/^GNU GENERAL PUBLIC LICENSE Version 2, June 1991/i] },
  { id: 'LGPL-3.0', has: [/^GNU LESSER GENERAL PUBLIC LICENSE Version 3, 29 June 2007/i] },
  { id: 'LGPL-2.1', has: [/^GNU LESSER GENERAL PUBLIC LICENSE Version 2\.1, February 1999/i] },
  { id: 'AGPL-3.0', has: [/^GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007/i] },
  {
    id: 'BSD-3-Clause',
    has: [BSD, /Neither the name of .{1,200} may be used to endorse or promote products/i],
    lacks: /advertising materials/i,
  },
  { id: 'BSD-2-Clause', has: [BSD], lacks: /Neither the name|advertising materials|endorse or promote/i },
  {
    id: 'ISC',
    has: [
      /Permission to use, copy, modify, and(?:\/or)? distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies/i,
    ],
  },
  { id: 'MPL-2.0', has: [/^Mozilla Public License,? Version 2\.0/i] },
  { id: 'Unlicense', has: [/^This is free and unencumbered software released into the public domain/i] },
  { id: 'BSL-1.0', has: [/^Boost Software License - Version 1\.0 - August 17th, 2003/i] },
];

/** `or-later` or `only`, when every header of the sources that says something says the same. */
function gnuSuffix(directory: string): 'or-later' | 'only' | null {
  const folders = [directory, join(directory, 'src')];
  const sources = folders.flatMap((folder) =>
    directoryNames(folder)
      .files.filter((name) => /\.(c|h|cc|cpp|cxx|hpp|rs|go)$|^configure\.ac$/.test(name))
      .map((name) => join(folder, name)),
  );
  const said = new Set(
    sources.slice(0, MAX_HEADERS).map((path) => suffixOfHeader(readFileStart(path, HEADER_LIMIT_BYTES))),
  );
  said.delete(null);
  const [only = null] = said;
  return said.size === 1 ? only : null;
}

function suffixOfHeader(text: string): 'or-later' | 'only' | null {
  const words = text.replaceAll(/[\s*#/]+/g, ' ');
  const spdx = /SPDX-License-Identifier: ?[AL]?GPL-[\d.]+(\+|-or-later|-only)?/.exec(words);
  if (spdx !== null) return spdx[1] === '-only' || spdx[1] === undefined ? 'only' : 'or-later';
  if (/either version [\d.]+ of the License, or \(at your option\) any later version/i.test(words))
    return 'or-later';
  return /GNU (Lesser |Affero )?General Public License version [\d.]+ (only )?as published/i.test(words)
    ? 'only'
    : null;
}
