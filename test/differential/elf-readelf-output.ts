/** What `readelf -hldVnW` printed of one file, as the tables that it stands for. */
export interface ReadelfTables {
  readonly header: Readonly<Record<string, string>>;
  readonly programHeaders: readonly string[];
  readonly interpreter: string | null;
  readonly dynamic: readonly { readonly tag: number; readonly text: string }[] | null;
  /** Hex index with `h` for hidden, and the name: `2h(GLIBC_2.2.5)`. */
  readonly symbolVersions: readonly string[] | null;
  readonly versionDefinitions: readonly string[];
  readonly versionNeeds: readonly string[];
  /** `owner size type`, and the description where readelf decodes it. */
  readonly notes: readonly string[];
}

/** Splits the output for several files; the keys are the paths as given. */
export function splitByFile(output: string): ReadonlyMap<string, string> {
  const parts = output.split(/^File: (.*)\n/m);
  const files = new Map<string, string>();
  for (let index = 1; index + 1 < parts.length; index += 2)
    files.set(parts[index] ?? '', parts[index + 1] ?? '');
  return files;
}

export function parseReadelf(text: string): ReadelfTables {
  return {
    header: parseHeader(text),
    programHeaders: parseProgramHeaders(text),
    interpreter: /\[Requesting program interpreter: (.*)\]/.exec(text)?.[1] ?? null,
    dynamic: parseDynamic(text),
    symbolVersions: parseSymbolVersions(text),
    versionDefinitions: linesAfter(text, /^Version definition section .*\n/m).map(versionLine),
    versionNeeds: linesAfter(text, /^Version needs section .*\n/m).map(versionLine),
    notes: [...text.matchAll(/^ {2}(\S*) +0x([0-9a-f]{8})\t(.*)$/gm)].map(
      ([, owner = '', size = '', rest = '']) =>
        `${owner} ${Number.parseInt(size, 16)} ${rest.replace(/\s+/g, ' ').trim()}`,
    ),
  };
}

function parseHeader(text: string): Readonly<Record<string, string>> {
  const block = text.slice(text.indexOf('ELF Header:'));
  const end = block.search(/\n\n/);
  const fields: Record<string, string> = {};
  for (const line of (end < 0 ? block : block.slice(0, end)).split('\n')) {
    const match = /^ {2}([^:]+): +(.*)$/.exec(line);
    // "Version" stands twice: EI_VERSION and e_version.
    if (match !== null)
      fields[match[1] === 'Version' && 'Version' in fields ? 'e_version' : (match[1] ?? '')] = match[2] ?? '';
  }
  return fields;
}

function parseProgramHeaders(text: string): readonly string[] {
  const block = /^Program Headers:\n.*\n((?: {2}.*\n| {6}.*\n)*)/m.exec(text)?.[1] ?? '';
  return block
    .split('\n')
    .filter((line) => /^ {2}\S+ .*0x/.test(line))
    .map((line) => {
      const match = /^ {2}(\S+) +(0x\S+) (0x\S+) (0x\S+) (0x\S+) (0x\S+) (...) (\S+)$/.exec(line);
      if (match === null) throw new Error(`a program header that the test cannot read: ${line}`);
      const [, type = '', offset, address, physical, fileSize, memorySize, flags = '', align] = match;
      const numbers = [offset, address, physical, fileSize, memorySize, align].map(Number);
      return `${type} ${numbers.join(' ')} ${flags.replaceAll(' ', '')}`;
    });
}

function parseDynamic(text: string): ReadelfTables['dynamic'] {
  if (!/^Dynamic section at offset/m.test(text)) return null;
  const entries = [...text.matchAll(/^ (0x[0-9a-f]+) \(.*?\) *(.*)$/gm)];
  return entries
    .map(([, tag = '', value = '']) => ({ tag: Number(tag), text: value.trim() }))
    .filter(({ tag }) => tag !== 0);
}

function parseSymbolVersions(text: string): readonly string[] | null {
  const lines = linesAfter(text, /^Version symbols section .*\n/m);
  if (lines.length === 0) return null;
  const versions = lines.flatMap((line) => [...line.slice(6).matchAll(/([0-9a-f]+)([h ])\(([^)]*)\)/g)]);
  return versions.map(([, index = '', hidden = '', name = '']) => `${index}${hidden.trim()}(${name})`);
}

/** The lines up to an empty one, without the "Addr:" line. */
function linesAfter(text: string, heading: RegExp): readonly string[] {
  const match = heading.exec(text);
  if (match === null) return [];
  const rest = text.slice(match.index + match[0].length);
  const end = rest.search(/\n\n|\n$/);
  return (end < 0 ? rest : rest.slice(0, end)).split('\n').filter((line) => !line.startsWith(' Addr:'));
}

function versionLine(line: string): string {
  return line
    .replace(/^ +(0x)?[0-9a-f]+: +/, '')
    .replace(/\s+/g, ' ')
    .trim();
}
