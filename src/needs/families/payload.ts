import type { PayloadKind } from '../../elf/index.ts';
import { isDriverLibrary } from '../../loader/index.ts';
import { needFamily, type ObjectEvidence, type Subjects } from '../need-family.ts';
import { readPyInstallerArchive } from '../payload/pyinstaller-archive.ts';
import { isDynamic } from '../program-kinds.ts';
import type { Decision, NeedContext } from '../signature.ts';
import { reasonOf, type Supplier } from '../supply.ts';
import type { WantedLibrary } from '../wanted-library.ts';

type Kind = PayloadKind | 'upx';

interface Words {
  /** `carries an AppImage`. */
  readonly what: string;
  readonly failure: string;
  readonly fix: string;
}

const NOT_SEEN = 'what it starts, opens or loads out of there is not seen in its bytes';
const TRY_IT =
  'say what it is to do in `checks` of morsel.json, so that the proof says more than that it starts';
const UNPACKS = 'it unpacks itself into /tmp at each start, which has to be writable and not mounted noexec';

const WORDS: Readonly<Record<Kind, Words>> = {
  appimage: {
    what: 'is an AppImage',
    failure: 'it mounts itself by FUSE, which no container has by default: "Cannot mount AppImage"',
    fix: 'unpack it here: `./PROGRAM --appimage-extract`, then `morsel build squashfs-root/AppRun`',
  },
  pyinstaller: { what: 'carries a PyInstaller archive', failure: UNPACKS, fix: TRY_IT },
  staticx: { what: 'carries a staticx archive', failure: UNPACKS, fix: TRY_IT },
  nuitka: { what: 'carries a Nuitka archive', failure: UNPACKS, fix: TRY_IT },
  'node-sea': { what: 'carries a Node.js application', failure: NOT_SEEN, fix: TRY_IT },
  deno: { what: 'carries a Deno application', failure: NOT_SEEN, fix: TRY_IT },
  bun: { what: 'carries a Bun application', failure: NOT_SEEN, fix: TRY_IT },
  zip: { what: 'carries a zip archive', failure: NOT_SEEN, fix: TRY_IT },
  squashfs: { what: 'carries a squashfs file system', failure: NOT_SEEN, fix: TRY_IT },
  '7z': { what: 'carries a 7z archive', failure: NOT_SEEN, fix: TRY_IT },
  xz: { what: 'carries xz data', failure: NOT_SEEN, fix: TRY_IT },
  gzip: { what: 'carries gzip data', failure: NOT_SEEN, fix: TRY_IT },
  zstd: { what: 'carries zstd data', failure: NOT_SEEN, fix: TRY_IT },
  tar: { what: 'carries a tar archive', failure: NOT_SEEN, fix: TRY_IT },
  upx: {
    what: 'is packed by UPX',
    failure: 'its bytes are those of the part that unpacks it: what the program itself asks for is not seen',
    fix: 'unpack a copy of it first: upx -d PROGRAM, and build that',
  },
};

const kindOf = ({ payload, packedBy }: NeedContext['program']): Kind | null => payload?.kind ?? packedBy;

function judge({ program }: Subjects): Decision | null {
  const kind = kindOf(program.facts);
  if (kind === null) return null;
  const size = program.facts.payload === null ? '' : ` of ${program.facts.payload.sizeBytes} bytes`;
  const libraries = kind === 'pyinstaller' ? librariesOf(program) : [];
  return {
    level: 'likely',
    evidence: `${WORDS[kind].what}${size} (${program.linkage.path})`,
    details: { kind },
    ...(libraries.length > 0 && { libraries }),
  };
}

/** What the libraries in a PyInstaller archive ask for and it does not bring: the C library's parts, mostly. */
function librariesOf(program: ObjectEvidence): readonly WantedLibrary[] {
  const { payload } = program.facts;
  if (payload === null || !isDynamic(program.linkage)) return [];
  const archive = readPyInstallerArchive(program.source, payload);
  return [...(archive?.needed ?? [])]
    .filter(([name]) => !isDriverLibrary(name) && !program.linkage.needed.includes(name))
    .map(([name, member]) => ({
      names: [name],
      openedBy: program.linkage.path,
      priority: 'required',
      evidence: `needed by ${member} of the archive in ${program.linkage.path}`,
    }));
}

const supply: Supplier = (need, { dynamic }) => {
  const words = WORDS[(need.details?.['kind'] ?? 'zip') as Kind];
  const libraries = (need.libraries ?? []).map(({ names: [name = ''], openedBy, evidence }) => ({
    name,
    openedBy,
    reason: reasonOf({ need: need.need, evidence }),
  }));
  return {
    ...(dynamic && { libraries }),
    problem: { message: `${need.evidence}: ${words.failure}`, hint: words.fix },
  };
};

const wordsFor = (part: 'failure' | 'fix') => (context: NeedContext) =>
  WORDS[kindOf(context.program) ?? 'zip'][part];

/** What a program carries for itself: an archive, a script with its runtime, or the program that it was before it was packed. */
export const payload = needFamily({
  need: 'payload',
  signatures: [],
  judge,
  judges: 'an archive, a script or a packed program behind or in the ELF file',
  brings: 'of PyInstaller’s archives the libraries that their members ask for',
  failure: wordsFor('failure'),
  fix: wordsFor('fix'),
  supply,
});
