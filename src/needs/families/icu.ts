import { compareDotted } from '../../elf/index.ts';
import type { FileTree } from '../../rootfs/file-tree.ts';
import { needFamily } from '../need-family.ts';
import { isDynamic } from '../program-kinds.ts';
import { entries, type FoundNeed, hostFile, missing, reasonOf, type Supplier } from '../supply.ts';
import { libraryFolders } from '../supply-directory.ts';

const DATA = '/usr/share/icu';

/** The newest of this machine. */
function newestLibrary(host: FileTree): string | null {
  const versions = libraryFolders(host, '')
    .flatMap((folder) => host.list(folder.replace(/\/$/, '')))
    .flatMap((name) => /^libicuuc\.so\.(\d+)$/.exec(name)?.[1] ?? []);
  return versions.sort(compareDotted).at(-1) ?? null;
}

/** `/usr/share/icu/72.1/icudt72l.dat`, where data is packaged as a file. */
function dataFiles(host: FileTree, need: FoundNeed) {
  return host
    .list(DATA)
    .flatMap((version) => host.list(`${DATA}/${version}`).map((name) => `${DATA}/${version}/${name}`))
    .filter((path) => /\/icudt\d+[lb]\.dat$/.test(path))
    .map((path) => hostFile(host, path, path, need));
}

const supply: Supplier = (need, { host, dynamic }) => {
  const data = dataFiles(host, need);
  const version = dynamic ? newestLibrary(host) : null;
  if (data.length === 0 && version === null)
    return missing(
      'the build machine has no data of ICU',
      'apt-get install libicu72 (libicu76 on Debian 13)',
    );
  return {
    ...entries(...data),
    libraries:
      version === null
        ? []
        : ['libicuuc', 'libicui18n'].map((name) => ({
            name: `${name}.so.${version}`,
            reason: reasonOf(need),
          })),
  };
};

/**
 * ICU that a program opens by a name that it makes (`libicuuc.so.%d`, as .NET does), or whose data is a file. A linked
 * libicudata is a library as others are.
 */
export const icu = needFamily({
  need: 'icu',
  signatures: [
    {
      find: 'string',
      anyOf: ['libicuuc.so'],
      when: isDynamic,
      level: 'possible',
      inLibraries: /^libSystem\.Globalization/,
    },
    { find: 'string', anyOf: ['ICU_DATA'], level: 'possible' },
  ],
  failure: 'U_FILE_ACCESS_ERROR, or .NET: Couldn’t find a valid ICU package installed on the system',
  fix: 'libicuuc and libicui18n of this machine (38 MB with their data): --with icu; .NET: DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 does without',
  sizeBytes: 38_000_000,
  paths: [DATA, /\/libicu\w+\.so[\d.]*$/],
  brings:
    '`libicuuc` and `libicui18n` of this machine with `libicudata`, and `icudt*.dat` where there is one',
  supply,
  lackIs: 'missing-library',
});
