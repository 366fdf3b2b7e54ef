import { basename } from 'node:path/posix';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { needFamily } from '../need-family.ts';
import {
  entries,
  type FoundNeed,
  hostFile,
  missing,
  reasonOf,
  type Supplier,
  type SuppliedLibrary,
} from '../supply.ts';
import { libraryFolders } from '../supply-directory.ts';

const CONFIGURATION = '/etc/pam.d';
/** The service for programs without a file of their own (pam.d(5)). */
const OTHER = 'other';
const FILE_LIMIT_BYTES = 65_536;
const FILES_LIMIT = 64;

/** `auth [success=1 default=ignore] pam_unix.so nullok`, `@include common-auth`, `session include login`. */
const RULE = /^-?(?:auth|account|password|session)\s+(\[[^\]]*\]|\w+)\s+(\S+)/;
const INCLUDE = /^@include\s+(\S+)/;

interface Service {
  readonly files: ReadonlySet<string>;
  readonly modules: ReadonlySet<string>;
}

/** The files of these services with all that they include, and the modules that they name. */
function readServices(host: FileTree, names: readonly string[]): Service {
  const files = new Set<string>();
  const modules = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined && files.size < FILES_LIMIT; name = queue.pop()) {
    const path = `${CONFIGURATION}/${name}`;
    const text = files.has(path) || !/^[\w.-]+$/.test(name) ? null : textOf(host, path);
    if (text === null) continue;
    files.add(path);
    for (const line of text.split('\n')) {
      const [, control, what] = RULE.exec(line) ?? [];
      const included =
        INCLUDE.exec(line)?.[1] ?? (control === 'include' || control === 'substack' ? what : undefined);
      if (included !== undefined) queue.push(included);
      else if (what !== undefined) modules.add(what);
    }
  }
  return { files, modules };
}

function textOf(host: FileTree, path: string): string | null {
  if (host.resolve(path)?.entry.kind !== 'file') return null;
  const source = host.open(path);
  if (source === null) return null;
  try {
    return source.read(0, Math.min(source.sizeBytes, FILE_LIMIT_BYTES)).toString('utf8');
  } finally {
    source.close();
  }
}

const supply: Supplier = (need, { host, dynamic }) => {
  if (!dynamic)
    return missing('it loads modules of PAM, which a static program cannot', 'link it dynamically');
  const { files, modules } = readServices(host, [need.details?.['service'] ?? OTHER, OTHER]);
  if (files.size === 0)
    return missing(
      `the build machine has no ${CONFIGURATION}/${OTHER}`,
      'apt-get install libpam-runtime libpam-modules',
    );
  const folders = libraryFolders(host, 'security');
  return {
    ...entries(...[...files].map((path) => hostFile(host, path, path, need))),
    libraries: [...modules].sort().flatMap((name) => moduleAt(name, folders, need)),
  };
};

/** What a rule names and this machine does not have, PAM goes on without here too. */
function moduleAt(name: string, folders: readonly string[], need: FoundNeed): readonly SuppliedLibrary[] {
  const paths = name.startsWith('/') ? [name] : folders.map((folder) => `${folder}/${name}`);
  const [first, ...otherNames] = paths;
  return first === undefined ? [] : [{ name: first, otherNames, reason: reasonOf(need), isRequired: false }];
}

/**
 * PAM: the service's rules and their modules. Many programs can use it and few do: what a job uses of it the control run
 * shows, and all of it is packed for whoever asks.
 */
export const pam = needFamily({
  need: 'pam',
  signatures: [
    { find: 'import', anyOf: ['pam_start', 'pam_start_confdir'], level: 'possible', inLibraries: 'no' },
  ],
  decide: (found, { program }) => ({ level: found.level, details: { service: basename(program.path) } }),
  failure: 'pam_start or pam_authenticate fails: no /etc/pam.d, or "Module is unknown"',
  sizeBytes: 600_000,
  fix: `the rules of the service in ${CONFIGURATION} and the modules that they name: --with pam`,
  paths: [
    CONFIGURATION,
    '/etc/security',
    '/usr/lib/x86_64-linux-gnu/security',
    '/lib/x86_64-linux-gnu/security',
  ],
  brings: `\`${CONFIGURATION}/PROGRAM\` and \`other\` with what they include, and the modules that they name, with their libraries`,
  supply,
  lackIs: 'missing-library',
});
