import type { FileTree } from '../rootfs/file-tree.ts';
import type { LayerEntry } from '../rootfs/layer-entry.ts';
import type { Need, UnmetNeed, NeedSupply } from './need.ts';
import { supplyCertificates } from './supplies/certificates.ts';
import { compareBytes } from './supplies/compare-bytes.ts';
import {
  supplyLegacyProvider,
  supplyLocale,
  supplyMagic,
  supplyNameResolution,
  supplyServices,
  supplyTerminfo,
  supplyTimeZone,
  supplyTmp,
} from './supplies/files.ts';
import { reasonOf, type Supplier, type SupplyContext } from './supplies/supply.ts';
import { supplyUsers } from './supplies/users.ts';

export interface SupplyRequest {
  readonly host: FileTree;
  readonly env?: Readonly<Record<string, string>>;
  /** 65532:65532 unless said. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The program has a loader: extra libraries can be added to its closure. */
  readonly dynamic: boolean;
}

const SUPPLIERS: Readonly<Record<string, Supplier>> = {
  users: supplyUsers,
  tmp: supplyTmp,
  'ca-certificates': supplyCertificates,
  'time-zones': supplyTimeZone,
  locale: supplyLocale,
  terminfo: supplyTerminfo,
  services: supplyServices,
  magic: supplyMagic,
  'name-resolution': supplyNameResolution,
  'openssl-legacy-provider': supplyLegacyProvider,
  libgcc_s: (need, { dynamic }) =>
    dynamic ? { libraries: [{ name: 'libgcc_s.so.1', reason: reasonOf(need) }] } : null,
};

/** Needs whose fix is the user's to choose; a `likely` one is worth a line. */
const FOR_THE_USER: ReadonlySet<string> = new Set([
  'shell',
  'programs',
  'plugins',
  'iconv',
  'signal-handler',
]);

/**
 * What an image gets without being asked: files whose need is `certain` or `likely`, each with its reason, in the
 * order of their paths. The same needs and host give the same entries. A hello world gets nothing.
 */
export function supplyNeeds(needs: readonly Need[], request: SupplyRequest): NeedSupply {
  const context: SupplyContext = {
    host: request.host,
    env: request.env ?? {},
    user: request.user ?? { uid: 65532, gid: 65532 },
    dynamic: request.dynamic,
  };
  const parts = needs.filter(({ level }) => level !== 'possible').map((need) => supplyOne(need, context));
  return {
    entries: uniqueByPath(parts.flatMap((part) => part.entries ?? [])),
    env: Object.assign({}, ...parts.map((part) => part.env ?? {})) as Readonly<Record<string, string>>,
    libraries: parts.flatMap((part) => part.libraries ?? []),
    findings: parts.flatMap((part) => part.findings ?? []),
  };
}

function supplyOne(need: Need, context: SupplyContext): Partial<NeedSupply> {
  const part = SUPPLIERS[need.need]?.(need, context) ?? null;
  if (part !== null) return part;
  return FOR_THE_USER.has(need.need) ? { findings: [findingOf(need)] } : {};
}

const findingOf = (need: Need): UnmetNeed => ({
  need: need.need,
  message: `${need.evidence}: ${need.failure}`,
  hint: need.fix,
});

function uniqueByPath(list: readonly LayerEntry[]): readonly LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of list) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  return [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
}
