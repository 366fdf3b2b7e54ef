import type { BuildFile, FileProgram } from './c-programs.ts';

/** `bin_PROGRAMS`: the word before says where `make install` puts them; `check` and `EXTRA` are not made by `make` alone. */
const VARIABLE = /^(nobase_)?(\w{1,100})_PROGRAMS$/;
const FOR_USERS = new Set(['bin', 'sbin']);
const NOT_BY_DEFAULT = new Set(['check', 'EXTRA']);

/** The programs and SUBDIRS of a Makefile.am. */
export function readAutomakeFile(text: string): BuildFile {
  const programs: FileProgram[] = [];
  const below: { path: string; folder: string; isCertain: boolean }[] = [];
  let isComputed = false;
  let depth = 0;
  for (const line of linesOf(text)) {
    if (/^if\s/.test(line)) depth++;
    else if (/^endif\b/.test(line)) depth = Math.max(0, depth - 1);
    if (/^include\s/.test(line)) isComputed = true;
    const assignment = /^(\w{1,200})[ \t]*\+?=(.*)$/.exec(line);
    if (assignment === null) continue;
    const [, variable = '', value = ''] = assignment;
    const words = value.split(/\s+/).filter((word) => word !== '');
    const place = VARIABLE.exec(variable)?.[2];
    if (place !== undefined && !NOT_BY_DEFAULT.has(place)) {
      for (const name of words) {
        if (/^[\w.+/-]{1,200}$/.test(name))
          programs.push({ name, isCertain: depth === 0, isInstalled: FOR_USERS.has(place) });
        else isComputed = true;
      }
    } else if (variable === 'SUBDIRS') {
      for (const folder of words) {
        if (folder === '.') continue;
        if (/^[\w.+/-]{1,400}$/.test(folder))
          below.push({ path: `${folder}/Makefile.am`, folder, isCertain: depth === 0 });
        else isComputed = true;
      }
    }
  }
  return { programs, below, isComputed };
}

/** Continued lines joined, comments left out. */
function linesOf(text: string): readonly string[] {
  return text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd());
}
