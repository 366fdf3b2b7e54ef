import { hasLanguage, isGo, isStatic, isStaticGlibc, isStaticMusl, type NeedRow } from '../need-row.ts';

const MAKE_IN_A_DIRECTORY = ['mkstemp', 'mkostemp', 'mkstemps', 'mkostemps', 'mkdtemp', 'mktemp'];

/** Directories that programs expect and that no runtime makes: /tmp. */
export const temporaryFilesRows: readonly NeedRow[] = [
  {
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
        with: ['/tmp'],
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
    failure: 'temporary files cannot be made (ENOENT): no container runtime makes /tmp',
    fix: 'the directory /tmp with mode 1777',
    sizeBytes: 0,
    // mkstemp beside the file that is replaced (sed -i, rustup) needs no /tmp; the path in the bytes tells.
    decide: (found, context) => {
      const elsewhere =
        MAKE_IN_A_DIRECTORY.some((name) => found.evidence.includes(name)) &&
        !/tmpfile|tempnam|tmpnam/.test(found.evidence);
      if (!elsewhere || context.hasString('/tmp')) return { level: found.level };
      return { level: 'possible', evidence: `${found.evidence}, but no "/tmp" in it` };
    },
  },
];
