import type { ElfFacts } from '../../elf/facts.ts';
import {
  hasLanguage,
  isStaticGlibc,
  isStaticMusl,
  type FoundEvidence,
  type NeedContext,
  type NeedRow,
} from '../need-row.ts';

/** `America/New_York`, `:Europe/Paris`, `Japan`; not `UTC`, which needs no file, nor `EST5EDT,M3.2.0,M11.1.0`. */
export function zoneNamedBy(tz: string | undefined): string | null {
  const name = tz?.replace(/^:/, '');
  if (name === undefined || /^(UTC|UTC0|GMT|GMT0|)$/.test(name)) return null;
  if (name.includes('..') || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return null;
  // A POSIX string such as EST5EDT or <+03>-3 carries its own rule; EST5EDT is also a file, but is understood without.
  return /^[A-Za-z]{3,}[+-]?\d/.test(name) ? null : name;
}

const staticNotCpp = (facts: ElfFacts): boolean => isStaticGlibc(facts) && !hasLanguage(facts, 'c++');

/** Linked by `-tags timetzdata` and by importing time/tzdata. */
const GO_EMBEDDED_ZONES = ['time/tzdata.init.0', 'time/tzdata.loadFromEmbeddedTZData'];

function decide(found: FoundEvidence, context: NeedContext): ReturnType<NonNullable<NeedRow['decide']>> {
  const zone = zoneNamedBy(context.env['TZ']);
  if (zone !== null)
    return { level: 'certain', evidence: `${found.evidence}; TZ=${zone} is set`, details: { zone } };
  if (GO_EMBEDDED_ZONES.some((name) => context.hasGoFunction(name))) return null;
  return { level: found.level };
}

function failure({ program, env }: NeedContext): string {
  if (program.go !== null) return `unknown time zone ${zoneNamedBy(env['TZ']) ?? 'NAME'}`;
  return 'a TZ that names a zone is taken as UTC without an error: wrong times, exit 0';
}

/** Zone data: which zone is a matter of the run, not of the bytes; without TZ every libc prints UTC. */
export const timeZonesRows: readonly NeedRow[] = [
  {
    need: 'time-zones',
    signatures: [
      {
        find: 'import',
        anyOf: ['localtime', 'localtime_r', 'tzset', 'mktime', 'tzalloc'],
        level: 'possible',
        inLibraries: 'no',
      },
      // libstdc++.a brings localtime and its paths into every program with a stream.
      {
        find: 'string',
        anyOf: ['/etc/localtime'],
        when: (facts) => isStaticMusl(facts) || staticNotCpp(facts),
        level: 'possible',
      },
      {
        find: 'string',
        anyOf: ['/usr/share/zoneinfo'],
        when: (facts) => hasLanguage(facts, 'rust') && !isStaticGlibc(facts),
        level: 'possible',
      },
      { find: 'go-function', anyOf: ['time.LoadLocation'], level: 'likely' },
    ],
    failure,
    fix: ({ env, program }) => {
      const zone = zoneNamedBy(env['TZ']) ?? 'ZONE';
      return `/usr/share/zoneinfo/${zone} (about 3,500 bytes)${program.go === null ? '' : ', or build with -tags timetzdata'}`;
    },
    sizeBytes: 3_552,
    asksGo: GO_EMBEDDED_ZONES,
    decide,
  },
];
