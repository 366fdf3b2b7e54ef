import type { ElfFacts } from '../../elf/facts.ts';
import { listNames } from '../../core/list-names.ts';
import { type Ruling, confirmed, type ImageInUse, ruledOut, type Said } from '../lack.ts';
import { zoneLiterals, zoneWithin } from '../zone-literals.ts';
import { needFamily } from '../need-family.ts';
import { isFile } from '../places.ts';
import { hasLanguage, isStaticGlibc, isStaticMusl } from '../program-kinds.ts';
import type { Decision, FoundEvidence, NeedContext } from '../signature.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

const ZONES = '/usr/share/zoneinfo';
/** A zone that stands for all. */
const ANY_ZONE = 'Europe/Paris';
const zonePath = (zone: string): string => `${ZONES}/${zone}`;

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

function decide(found: FoundEvidence, context: NeedContext): Decision | null {
  const zone = zoneNamedBy(context.env['TZ']);
  if (zone !== null)
    return { level: 'certain', evidence: `${found.evidence}; TZ=${zone} is set`, details: { zone } };
  if (GO_EMBEDDED_ZONES.some((name) => context.hasGoFunction(name))) return null;
  const zones = zoneLiterals(context);
  if (zones.length === 0) return { level: found.level };
  return {
    level: 'likely',
    evidence: `${found.evidence}; names ${listNames(zones, QUOTED_ZONES)}`,
    details: { zones: zones.join(' ') },
  };
}

function failure({ program, env }: NeedContext): string {
  if (program.go !== null) return `unknown time zone ${zoneNamedBy(env['TZ']) ?? 'NAME'}`;
  return 'a TZ that names a zone is taken as UTC without an error: wrong times, exit 0';
}

function fix({ env, program }: NeedContext): string {
  const path = zonePath(zoneNamedBy(env['TZ']) ?? 'ZONE');
  return `${path} (about 3,500 bytes)${program.go === null ? '' : ', or build with -tags timetzdata'}`;
}

const QUOTED_ZONES = 3;

/** The zones that the run or the program names, and nothing else: all zones are 3.9 MB. */
const supply: Supplier = (need, { host }) => {
  const zone = need.details?.['zone'];
  const named = need.details?.['zones']?.split(' ') ?? [];
  const found = named.flatMap((text) => zoneWithin(text, (name) => isFile(host, zonePath(name))) ?? []);
  if (zone === undefined && found.length > 0)
    return entries(...found.map((name) => hostFile(host, zonePath(name), zonePath(name), need)));
  if (zone === undefined) {
    return missing(
      'it reads time zones by name, and which ones is not known',
      `set the zone: --env TZ=ZONE, or --add ${ZONES}:${ZONES} for all (3.9 MB)`,
    );
  }
  const path = zonePath(zone);
  const file = hostFile(host, path, path, need);
  return file === null
    ? missing(`the build machine has no ${path}`, 'apt-get install tzdata, and check the name of the zone')
    : { entries: [file] };
};

/** A zone as a word of a command; null for what a text calls one, and none is called so. */
const zoneSaid = ({ zone = '' }: Said): string | null =>
  /^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(zone) ? zone : null;

function checkZone({ tree, env, said }: ImageInUse): Ruling {
  const zone = zoneSaid(said) ?? (env['TZ'] ?? '').replace(/^:/, '');
  const path = zonePath(zone === '' ? ANY_ZONE : zone);
  return isFile(tree, path)
    ? ruledOut(`${path} is there`)
    : confirmed(
        `no ${path} in the image${zone === '' || zone === zoneSaid(said) ? '' : `, and TZ is ${zone}`}`,
      );
}

/** Zone data: which zone is a matter of the run, or of a literal; without TZ every libc prints UTC. */
export const timeZones = needFamily({
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
      anyOf: [ZONES],
      when: (facts) => hasLanguage(facts, 'rust') && !isStaticGlibc(facts),
      level: 'possible',
    },
    { find: 'go-function', anyOf: ['time.LoadLocation'], level: 'likely' },
  ],
  asksGo: GO_EMBEDDED_ZONES,
  decide,
  failure,
  fix,
  sizeBytes: 3_552,
  places: ({ zone = ANY_ZONE }) => [zonePath(zone)],
  supply,
  causes: [
    {
      cause: 'no-time-zone',
      title: 'the image has no time zone data',
      check: checkZone,
      fixes: (said) => {
        const zone = zoneSaid(said) ?? 'ZONE';
        const path = zonePath(zone);
        return [
          `set it, which adds that one zone (3.5 kB): \`morsel build PROJECT --env TZ=${zone}\``,
          `only add it, where the program names it: \`morsel build PROJECT --add ${path}:${path}\``,
          'Go: build with -tags timetzdata',
          'apk add tzdata; apt-get install tzdata',
        ];
      },
    },
  ],
  texts: [
    {
      name: 'Go: a time zone is not known',
      match:
        /unknown time ?zone:? ['"]?(?<zone>[\w+/-]+)|No time zone found with key ['"]?(?<zone2>[\w+/-]+)|ZoneRulesException: Unknown time-zone ID: (?<zone3>[\w+/-]+)|[Uu]nknown or bad timezone \((?<zone4>[\w+/-]+)\)|unknown zone ['"]?(?<zone5>[\w+/-]+)|(?<zone7>[\w+/-]+) not found in timezone database|tzdb: cannot locate zone: (?<zone8>[\w+/-]+)|open \S+\/lib\/time\/zoneinfo\.zip: no such file|failed to find a timezone|InvalidTimezone|TimeZoneNotFoundException[^\n]*?'(?<zone6>[\w+/-]+)'/,
      causes: ['no-time-zone'],
    },
  ],
});
