import { posix } from 'node:path';
import { confirmed, OPEN, ruledOut } from '../../needs/index.ts';
import type { Ruling } from '../../needs/lack.ts';
import { takenAway } from '../../rootfs/index.ts';
import { type CauseContext, causeRows, listFiles } from '../cause-row.ts';
import type { TargetProbe } from '../target-probe.ts';

/** Where distributions, and who compiles Python himself, have lib/python3.*. */
const PREFIXES = ['/usr', '/usr/local', ''] as const;

/** What a program opens after its start, by the names that it prints. */
export const fileCauses = causeRows([
  {
    cause: 'language-library',
    title: 'the interpreter’s library folder is not in the image (of Python: PYTHONHOME)',
    check: (probe, { python }) => (python === undefined ? OPEN : checkPython(probe)),
    notFatal: true,
    command: (context) => `${listFiles(context)} | grep -E 'lib/(python|perl|ruby|node)'`,
    fixes: () => [
      'add the folder of that very version, such as `morsel build PROGRAM --add /usr/lib/python3.11:/usr/lib/python3.11`',
      'where it stands elsewhere, name it: PYTHONHOME and PYTHONPATH, PERL5LIB, RUBYLIB, NODE_PATH, TCL_LIBRARY',
      'take a base that has the language, or make one file of the program',
    ],
  },
  {
    cause: 'missing-file',
    title: ({ values }) =>
      values['file'] === undefined
        ? 'the program opens a file that is not in the image'
        : `the program opens ${values['file']}, which is not in the image`,
    check: checkFile,
    notFatal: true,
    command: listFiles,
    fixes: fixesOfFile,
  },
  {
    cause: 'missing-preload',
    title: ({ values }) =>
      `LD_PRELOAD names a library that the loader cannot take${values['library'] === undefined ? '' : `: ${values['library']}`}`,
    check: ({ tree }, { library }) => {
      if (library === undefined) return OPEN;
      if (!library.includes('/')) return OPEN;
      return tree.resolve(library)?.entry.kind === 'file'
        ? ruledOut(`${library} is there`)
        : confirmed(`LD_PRELOAD names ${library}, and the image has no such file`);
    },
    notFatal: true,
    command: (context) => `${listFiles(context)} | grep -F .so`,
    fixes: ({ values }) => [
      `install the package that has it in the image, or add the file: \`morsel build PROGRAM --add ${plainOr('LIBRARY', values['library'])}:${plainOr('LIBRARY', values['library'])}\``,
      'unset LD_PRELOAD: the program itself starts without it',
      'on another architecture the path has another folder: /usr/lib/aarch64-linux-gnu',
    ],
  },
  {
    cause: 'appimage-fuse',
    title: 'an AppImage mounts itself with FUSE, which a container does not have',
    check: () => OPEN,
    notFatal: true,
    command: () => './APP.AppImage --appimage-extract  # makes squashfs-root/',
    fixes: () => [
      'unpack it, and start what is in it: ./APP.AppImage --appimage-extract, then squashfs-root/AppRun',
      'let it unpack itself at each start: APPIMAGE_EXTRACT_AND_RUN=1',
    ],
  },
]);

function checkFile({ tree, workingDirectory }: TargetProbe, { file }: CauseContext['values']): Ruling {
  if (file === undefined) return OPEN;
  const path = posix.resolve('/', workingDirectory, file);
  if (tree.resolve(path) !== null) return ruledOut(`${path} is there`);
  return confirmed(
    file.startsWith('/')
      ? `no ${path} in the image${takenAway(tree, path)}`
      : `no ${path} in the image: ${file} is looked up from the working directory ${workingDirectory}`,
  );
}

const plainOr = (placeholder: string, word = ''): string => (PLAIN.test(word) ? word : placeholder);
const PLAIN = /^[\w./+@%=][\w./+@%=-]*$/;

function fixesOfFile({ values: { file } }: CauseContext): readonly string[] {
  // What is no plain word would be taken apart by a shell.
  const name = plainOr('FILE', file);
  if (name.startsWith('/'))
    return [
      `add it: \`morsel build PROJECT --add SRC:${name}\`; or mount it: docker run -v SRC:${name}`,
      'tell the program another place, by its options or its environment',
    ];
  const inImage = posix.resolve('/', name);
  return [
    `add it where the program is started: \`morsel build PROJECT --add ${name}:${inImage}\``,
    'start the program in the directory that has it: `morsel build PROJECT --workdir DIR`',
    'put it into the program: go:embed, include_str!, xxd -i',
  ];
}

/** Python looks for lib/pythonX.Y/encodings below its prefix. */
function checkPython({ tree }: TargetProbe): Ruling {
  const folders = PREFIXES.flatMap((prefix) =>
    tree
      .list(`${prefix}/lib`)
      .filter((name) => /^python\d/.test(name))
      .map((name) => `${prefix}/lib/${name}`),
  );
  const found = folders.find((folder) => tree.resolve(`${folder}/encodings`) !== null);
  return found === undefined
    ? confirmed('the image has no lib/python3.*/encodings below /usr or /usr/local')
    : ruledOut(`${found}/encodings is there`);
}
