import type { FileTree } from '../rootfs/file-tree.ts';

/** glibc's `gconv-modules` has 110 kB. */
const CONFIGURATION_LIMIT_BYTES = 1024 * 1024;
const ALIASES_LIMIT = 8;

/** The module files that convert from or to these character sets: `/usr/lib/x86_64-linux-gnu/gconv/SJIS.so`. */
export function gconvModules(host: FileTree, folder: string, charsets: readonly string[]): readonly string[] {
  const aliases = new Map<string, string>();
  const modules: { readonly from: string; readonly to: string; readonly file: string }[] = [];
  for (const path of configurations(host, folder)) {
    for (const line of textOf(host, path).split('\n')) {
      // `alias SJIS// SHIFT_JIS//`, `module SJIS// INTERNAL SJIS 1`
      const [kind, first = '', second = '', file = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (kind === 'alias') aliases.set(nameOf(first), nameOf(second));
      if (kind === 'module' && /^[\w.-]+$/.test(file))
        modules.push({ from: nameOf(first), to: nameOf(second), file });
    }
  }
  const wanted = new Set(charsets.map((charset) => canonical(nameOf(charset), aliases)));
  const files = modules.filter(({ from, to }) => wanted.has(from) || wanted.has(to)).map(({ file }) => file);
  return [...new Set(files)].sort().map((file) => `${folder}/${file.replace(/\.so$/, '')}.so`);
}

function configurations(host: FileTree, folder: string): readonly string[] {
  const more = host.list(`${folder}/gconv-modules.d`).filter((name) => name.endsWith('.conf'));
  return [`${folder}/gconv-modules`, ...more.map((name) => `${folder}/gconv-modules.d/${name}`)];
}

function textOf(host: FileTree, path: string): string {
  const source = host.resolve(path)?.entry.kind === 'file' ? host.open(path) : null;
  if (source === null) return '';
  try {
    return source.read(0, Math.min(source.sizeBytes, CONFIGURATION_LIMIT_BYTES)).toString('latin1');
  } finally {
    source.close();
  }
}

/** As iconv_open(3) takes them: without case, and what follows `//` is no name. */
const nameOf = (text: string): string => text.split('//')[0]?.toUpperCase() ?? '';

function canonical(name: string, aliases: ReadonlyMap<string, string>): string {
  let known = name;
  for (let step = 0; step < ALIASES_LIMIT; step++) known = aliases.get(known) ?? known;
  return known;
}
