import { foreignSystem } from '../../elf/index.ts';
import { SHEBANG_PROBLEMS } from '../../core/shebang.ts';
import { confirmed, ruledOut } from '../../needs/index.ts';
import { takenAway } from '../../rootfs/index.ts';
import { causeRows, listFiles, programFile, programName } from '../cause-row.ts';
import type { FileProbe, TargetProbe } from '../target-probe.ts';

const fileOf = (probe: TargetProbe): FileProbe | null =>
  probe.program.kind === 'file' ? probe.program : null;
const NO_FILE = ruledOut('there is no such file at all');

/** What the bytes of the file are, where they are not a program of Linux in order. */
export const formatCauses = causeRows([
  {
    cause: 'missing-script-interpreter',
    title: 'the script’s interpreter is not in the image',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      if (file.content.kind !== 'script') return ruledOut(`${file.path} is ${describe(file)}`);
      const { interpreter, carriageReturn } = file.content;
      if (carriageReturn) return ruledOut('its first line ends in a carriage return: that is another cause');
      return probe.tree.resolve(interpreter)?.entry.kind === 'file'
        ? ruledOut(`${interpreter} is there`)
        : confirmed(
            `${file.path} begins with #!${interpreter}, and ${interpreter} is not in the image${takenAway(probe.tree, interpreter)}`,
          );
    },
    command: (context) => `head -n 1 ${programFile(context)}`,
    fixes: () => [
      'start the program itself instead of a script',
      'add a static shell: `morsel build PROJECT --add /bin/busybox:/bin/sh:0755`',
      'take a base that has one, such as alpine',
    ],
  },
  {
    cause: 'crlf-shebang',
    title:
      'the script has Windows line ends: the kernel looks for an interpreter whose name ends in a carriage return',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      if (file.content.kind !== 'script') return ruledOut(`${file.path} is ${describe(file)}`);
      return file.content.carriageReturn
        ? confirmed(`the first line of ${file.path} is #!${file.content.interpreter}\\r`)
        : ruledOut('its lines end as they should');
    },
    command: (context) => `head -n 1 ${programFile(context)} | od -c`,
    fixes: (context) => [
      `sed -i 's/\\r$//' ${programFile(context)}`,
      'keep it so: `*.sh text eol=lf` in .gitattributes',
    ],
  },
  {
    cause: 'long-shebang',
    title: 'the #! line is longer than the kernel reads (255 bytes)',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      return file.content.kind === 'foreign' && file.content.problem === 'too-long'
        ? confirmed(`${file.path}: ${SHEBANG_PROBLEMS['too-long']}`)
        : ruledOut(`${file.path} is ${describe(file)}`);
    },
    command: (context) => `head -n 1 ${programFile(context)} | wc -c`,
    fixes: () => [
      'install the interpreter under a shorter path, or make a link to it: ln -s /LONG/PATH/python3 /usr/local/bin/python3',
      'let env find it: #!/usr/bin/env python3, with its directory in PATH',
    ],
  },
  {
    cause: 'byte-order-mark',
    title: 'the script begins with a UTF-8 byte order mark, and not with #!',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      return file.content.kind === 'foreign' && file.content.problem === 'byte-order-mark'
        ? confirmed(`${file.path}: ${SHEBANG_PROBLEMS['byte-order-mark']}`)
        : ruledOut(`${file.path} is ${describe(file)}`);
    },
    command: (context) => `head -c 5 ${programFile(context)} | od -c`,
    fixes: (context) => [
      `take the three bytes away: sed -i '1s/^\\xEF\\xBB\\xBF//' ${programFile(context)}`,
      'save it as UTF-8 without BOM in the editor that wrote it',
    ],
  },
  {
    cause: 'no-shebang',
    title: 'the file is neither an ELF program nor a script with #!',
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      if (file.content.kind !== 'foreign') return ruledOut(`${file.path} is ${describe(file)}`);
      const { format, problem } = file.content;
      const isKnown = !['other', 'script'].includes(format.kind);
      if (isKnown) return ruledOut(`${file.path} is ${format.name}`);
      if (problem === 'too-long' || problem === 'byte-order-mark')
        return ruledOut(`${file.path}: ${SHEBANG_PROBLEMS[problem]}`);
      const more = problem === null ? '' : `: ${SHEBANG_PROBLEMS[problem]}`;
      return confirmed(`${file.path} begins with neither \\x7fELF nor #! and an interpreter${more}`);
    },
    command: (context) => `file ${programFile(context)}`,
    fixes: () => [
      'begin the script with its interpreter, such as #!/bin/sh, and have that in the image',
      'check that the right file was copied (a text, an object file, a Git LFS pointer?)',
    ],
  },
  {
    cause: 'foreign-format',
    title: (context) => `${programName(context)} is of a kind that Linux does not start`,
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      const system = file.content.kind === 'elf' ? foreignSystem(file.content.facts) : null;
      if (system?.sure === true)
        return confirmed(`${file.path} is a program for ${system.system} (${system.by}), and not for Linux`);
      return file.content.kind === 'foreign' && !['other', 'script'].includes(file.content.format.kind)
        ? confirmed(`${file.path} is ${file.content.format.name}`)
        : ruledOut(`${file.path} is ${describe(file)}`);
    },
    command: (context) => `file ${programFile(context)}`,
    fixes: ({ probe }) => {
      const content = probe === null ? null : fileOf(probe)?.content;
      return content?.kind === 'foreign' && content.problem === null
        ? [content.format.fix]
        : [
            'build it for Linux, as an ELF program',
            'a file of another kind needs what starts it in the image',
          ];
    },
  },
  {
    cause: 'not-a-program',
    title: (context) => `${programName(context)} is an ELF file, and not a program`,
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      return file.content.kind === 'no-program'
        ? confirmed(`${file.path} is ${file.content.what}`)
        : ruledOut(`${file.path} is ${describe(file)}`);
    },
    command: (context) => `readelf -hlW ${programFile(context)}`,
    fixes: () => [
      'link it, or copy the program that it belongs to: an object file, a core dump and a debug file start nothing',
    ],
  },
  {
    cause: 'empty-file',
    title: (context) => `${programName(context)} is empty`,
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      return file.content.kind === 'empty'
        ? confirmed(`${file.path} has 0 bytes`)
        : ruledOut(`it has ${file.entry.sizeBytes} bytes`);
    },
    command: listFiles,
    fixes: () => ['build it again: the link or the copy was cut short (a full disk?)'],
  },
  {
    cause: 'damaged-program',
    title: (context) => `${programName(context)} is damaged`,
    check: (probe) => {
      const file = fileOf(probe);
      if (file === null) return NO_FILE;
      return file.content.kind === 'damaged'
        ? confirmed(`${file.path}: ${file.content.message}`)
        : ruledOut(
            file.content.kind === 'elf' ? 'its segments are all there' : `${file.path} is ${describe(file)}`,
          );
    },
    command: (context) => `readelf -lW ${programFile(context)}`,
    fixes: () => ['build and copy it again; compare its sha256 with the build’s'],
  },
]);

/** For what is not the cause. */
function describe({ content }: FileProbe): string {
  switch (content.kind) {
    case 'elf':
      return 'an ELF program';
    case 'script':
      return 'a script';
    case 'foreign':
      return content.format.kind === 'script' ? 'a script that the kernel refuses' : content.format.name;
    case 'no-program':
      return content.what;
    case 'empty':
      return 'empty';
    case 'damaged':
      return 'a damaged ELF file';
  }
}
