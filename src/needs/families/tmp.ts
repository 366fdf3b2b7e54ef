import type { ElfFacts } from '../../elf/facts.ts';
import type { LayerDirectory } from '../../rootfs/layer-entry.ts';
import { type Ruling, confirmed, type ImageInUse, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isGo, isStaticGlibc } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { entries, type FoundNeed, reasonOf } from '../supply.ts';

const TMP = '/tmp';
const VAR_TMP = '/var/tmp';

const MAKE_IN_TMP = [
  'tmpfile',
  'tempnam',
  'tmpnam',
  'tmpnam_r',
  // std::filesystem::temp_directory_path of libstdc++, with and without error_code, and libc++'s one under both.
  '_ZNSt10filesystem19temp_directory_pathB5cxx11Ev',
  '_ZNSt10filesystem19temp_directory_pathEv',
  '_ZNSt10filesystem19temp_directory_pathB5cxx11ERSt10error_code',
  '_ZNSt10filesystem19temp_directory_pathERSt10error_code',
  '_ZNSt3__14__fs10filesystem21__temp_directory_pathEPNS_10error_codeE',
  'g_get_tmp_dir',
  'g_file_open_tmp',
  'g_dir_make_tmp',
  'apr_temp_dir_get',
];
const MAKE_IN_A_DIRECTORY = ['mkstemp', 'mkostemp', 'mkstemps', 'mkostemps', 'mkdtemp', 'mktemp'];
const GO_TEMPORARY = [
  'os.CreateTemp',
  'os.MkdirTemp',
  'os.TempDir',
  'io/ioutil.TempFile',
  'io/ioutil.TempDir',
];
/** Two variables that only programs read which choose a directory: SQLite's own, and one of std::filesystem's four. */
const VARIABLES = ['SQLITE_TMPDIR', 'TEMPDIR'];
/** Every library beside the C library and the compilers' own, in which `findNeeds` does not look. */
const ANY_LIBRARY = /(?:)/;

/** A static glibc holds `/var/tmp` and TMPDIR always, and Go the paths of its sources: their functions tell. */
const textsTell = (facts: ElfFacts): boolean => !isStaticGlibc(facts) && !isGo(facts);

/** mkstemp beside the file that is replaced (sed -i, rustup) needs no /tmp; the path in the bytes tells. */
function decide(found: FoundEvidence, context: NeedContext): Decision {
  const elsewhere = MAKE_IN_A_DIRECTORY.some((name) => found.evidence.includes(name));
  const named = /tmpfile|tempnam|tmpnam|holds|temp_directory_path|_tmp/.test(
    found.evidence.replaceAll(/mk[a-z]*temps?/g, ''),
  );
  if (elsewhere && !named && !context.hasString(TMP))
    return { level: 'possible', evidence: `${found.evidence}, but no "${TMP}" in it` };
  // SQLite tries both: one is enough.
  const other =
    textsTell(context.program) && context.hasString(VAR_TMP) && !context.hasString('SQLITE_TMPDIR');
  return { level: found.level, ...(other && { details: { also: VAR_TMP } }) };
}

const directoryFor = (path: string, need: FoundNeed): LayerDirectory => ({
  kind: 'directory',
  path,
  mode: 0o1777,
  reason: reasonOf(need),
});

function checkTmp({ tree, user }: ImageInUse): Ruling {
  const entry = tree.resolve(TMP)?.entry;
  if (entry?.kind !== 'directory') return confirmed('no directory /tmp in the image');
  const writable = user.uid === 0 || (entry.mode & 0o002) !== 0 || entry.uid === user.uid;
  return writable
    ? ruledOut('/tmp is there and can be written')
    : confirmed(`/tmp has mode ${(entry.mode & 0o7777).toString(8)}, and the user is ${user.text}`);
}

/** The directory for temporary files, which programs expect and no runtime makes. */
export const tmp = needFamily({
  need: 'tmp',
  signatures: [
    { find: 'symbol', anyOf: MAKE_IN_TMP, level: 'likely' },
    { find: 'symbol', anyOf: MAKE_IN_A_DIRECTORY, level: 'likely' },
    // The directory costs one header (docs/decisions/0018): a path or a variable alone is enough, in a library too.
    {
      find: 'string',
      anyOf: [TMP, VAR_TMP, ...VARIABLES],
      when: textsTell,
      level: 'likely',
      inLibraries: ANY_LIBRARY,
    },
    // In a static glibc the template of mkstemp and tmpfile, and std::filesystem's texts, come with those who use them.
    {
      find: 'string',
      anyOf: ['XXXXXX', '/tmp/', 'temp_directory_path', ...VARIABLES],
      when: isStaticGlibc,
      level: 'likely',
    },
    { find: 'payload', anyOf: ['pyinstaller', 'staticx', 'nuitka'], level: 'likely' },
    {
      find: 'go-function',
      anyOf: GO_TEMPORARY,
      without: ['mime/multipart.(*Reader).readForm'],
      level: 'likely',
    },
    { find: 'go-function', anyOf: GO_TEMPORARY, level: 'possible' },
  ],
  decide,
  failure: 'temporary files cannot be made (ENOENT): no container runtime makes /tmp',
  fix: 'the directory /tmp with mode 1777',
  sizeBytes: 0,
  paths: [TMP, VAR_TMP],
  brings: '`/tmp` with mode 1777, and `/var/tmp` where it is named',
  fulfilledBy: (tree) => tree.resolve(TMP)?.entry.kind === 'directory',
  supply: (need) =>
    entries(directoryFor(TMP, need), need.details?.['also'] === VAR_TMP ? directoryFor(VAR_TMP, need) : null),
  causes: [
    {
      cause: 'no-tmp',
      title: 'the image has no /tmp, and runtimes make none',
      check: checkTmp,
      fixes: [
        'docker run --tmpfs /tmp, or an emptyDir at /tmp in Kubernetes',
        'add the directory with mode 1777 to the image (`morsel build` does so by itself when it sees a sign that it is used)',
      ],
    },
    {
      cause: 'read-only-root',
      title: 'the container runs with a read-only root file system',
      command: () => 'docker inspect CONTAINER  # ReadonlyRootfs; Kubernetes: readOnlyRootFilesystem',
      fixes: ['mount a volume or a tmpfs where it writes: docker run --tmpfs /tmp --tmpfs /run'],
    },
  ],
  texts: [
    {
      name: 'temporary files',
      match: /\/tmp\/?[^\n:]*: (?:no such file or directory|permission denied)/i,
      causes: ['no-tmp'],
    },
    {
      name: 'a read-only file system',
      match: /read-only file system/i,
      causes: ['read-only-root', 'no-tmp'],
    },
  ],
});
