import { type Ruling, confirmed, type ImageInUse, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { hasLanguage, isGo, isStatic, isStaticGlibc, isStaticMusl } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { entries, reasonOf } from '../supply.ts';

const TMP = '/tmp';

const MAKE_IN_A_DIRECTORY = ['mkstemp', 'mkostemp', 'mkstemps', 'mkostemps', 'mkdtemp', 'mktemp'];

/** mkstemp beside the file that is replaced (sed -i, rustup) needs no /tmp; the path in the bytes tells. */
function decide(found: FoundEvidence, context: NeedContext): Decision {
  const elsewhere =
    MAKE_IN_A_DIRECTORY.some((name) => found.evidence.includes(name)) &&
    !/tmpfile|tempnam|tmpnam/.test(found.evidence);
  if (!elsewhere || context.hasString(TMP)) return { level: found.level };
  return { level: 'possible', evidence: `${found.evidence}, but no "${TMP}" in it` };
}

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
    { find: 'symbol', anyOf: ['tmpfile', 'tempnam', 'tmpnam', 'tmpnam_r'], level: 'likely' },
    { find: 'symbol', anyOf: MAKE_IN_A_DIRECTORY, level: 'likely' },
    {
      find: 'string',
      anyOf: ['/tmp/tmpfile_', '/tmp/temp_', '/tmp/tmpnam_'],
      when: isStaticMusl,
      level: 'likely',
    },
    {
      find: 'string',
      anyOf: ['TMPDIR'],
      with: [TMP],
      // Every static glibc program holds it: it is unset for setuid programs.
      when: (facts) =>
        !isStaticGlibc(facts) && (hasLanguage(facts, 'rust') || (isStatic(facts) && !isGo(facts))),
      level: 'possible',
    },
    {
      find: 'go-function',
      anyOf: ['os.CreateTemp', 'os.MkdirTemp', 'io/ioutil.TempFile', 'io/ioutil.TempDir'],
      without: ['mime/multipart.(*Reader).readForm'],
      level: 'likely',
    },
    { find: 'go-function', anyOf: ['os.CreateTemp', 'os.MkdirTemp'], level: 'possible' },
  ],
  decide,
  failure: 'temporary files cannot be made (ENOENT): no container runtime makes /tmp',
  fix: 'the directory /tmp with mode 1777',
  sizeBytes: 0,
  fulfilledBy: (tree) => tree.resolve(TMP)?.entry.kind === 'directory',
  supply: (need) => entries({ kind: 'directory', path: TMP, mode: 0o1777, reason: reasonOf(need) }),
  causes: [
    {
      cause: 'no-tmp',
      title: 'the image has no /tmp, and runtimes make none',
      check: checkTmp,
      fixes: [
        'docker run --tmpfs /tmp, or an emptyDir at /tmp in Kubernetes',
        'add the directory with mode 1777 to the image (`morsel build` does so by itself when it sees mkstemp)',
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
