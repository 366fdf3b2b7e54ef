import { NEED_FAMILIES, type NeedKey, SUPPLIED_NEEDS } from '../../src/needs/index.ts';
import type { NeedFamily } from '../../src/needs/need-family.ts';
import type { Signature } from '../../src/needs/signature.ts';

const FAMILIES: readonly NeedFamily<NeedKey>[] = NEED_FAMILIES;
/** Of the names of one signature. */
const QUOTED = 4;

/** `docs/reference/needs.md`, from the families. */
export function needsPage(generated: string): string {
  return [
    generated,
    '# Needs',
    '',
    'What a program wants at run time beside its libraries, as its bytes tell it: `morsel inspect PROGRAM` shows the evidence,',
    '`morsel build` packs the files of what is `likely` or `certain`, each with its reason, and the proof shows whether they are',
    'enough. What is only `possible` is packed where the control run uses it, or where it is asked for.',
    '',
    '- `--with NEED` (`with` of morsel.json) packs the files of a need whatever the bytes say.',
    '- `--without NEED` (`without`) leaves them out, also those that the program uses on this machine. Where the proof shows that',
    '  they are needed, the build fails and says so.',
    '- `--ca FILE.pem` (`ca`) adds a private authority to the bundle that the image gets, at every place where the program looks.',
    '- `--tz ZONE` and `--env TZ=ZONE` pack one zone; `--env LANG=C.UTF-8` packs that locale; `--add SRC:DST` wins over all.',
    '',
    'Files are those of the build machine. What it lacks is said with the command that installs it.',
    '',
    '| need | evidence | level | files | `--with` |',
    '| --- | --- | --- | --- | --- |',
    ...[...FAMILIES].sort((a, b) => (a.need < b.need ? -1 : 1)).map(row),
    '',
    'Which of them were seen to fail a program, and to be cured, is in [bench/needs/table.md](../../bench/needs/table.md).',
    '',
  ].join('\n');
}

function row(family: NeedFamily<NeedKey>): string {
  const { need, signatures, judges, brings, forTheUser } = family;
  const evidence = [...signatures.map(inWords), ...(judges === undefined ? [] : [judges])];
  const levels = [...new Set(signatures.map(({ level }) => level))];
  const whose = forTheUser === true ? 'yours to add: the report says how' : "the program's or the runtime's matter";
  return `| ${[
    `\`${need}\``,
    [...new Set(evidence)].join('; '),
    levels.length === 0 ? 'likely, possible' : levels.join(', '),
    brings ?? whose,
    SUPPLIED_NEEDS.includes(need) ? 'yes' : '',
  ]
    .map((text) => text.replaceAll('|', '\\|'))
    .join(' | ')} |`;
}

const VERBS: Readonly<Record<Signature['find'], string>> = {
  symbol: 'uses',
  import: 'imports',
  string: 'holds',
  'go-function': 'links',
  payload: 'carries',
};

function inWords({ find, anyOf, with: also = [] }: Signature): string {
  const names = [...anyOf.slice(0, QUOTED), ...also].map((name) => `\`${name.replaceAll('\0', '')}\``);
  return `${VERBS[find]} ${names.join(', ')}${anyOf.length > QUOTED ? ' …' : ''}`;
}
