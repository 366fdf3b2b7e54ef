import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { MorselError } from '../../core/errors.ts';
import { listNames } from '../../core/list-names.ts';
import { escapeUnprintable } from '../../core/printable.ts';
import { writeNewFile } from '../../core/write-new-file.ts';
import { detectProject, type Project } from '../../project/index.ts';
import { CONFIGURATION_FILE } from './configuration.ts';
import { statOrNull } from '../../core/stat-path.ts';
import { describeProject } from './request-of.ts';

export interface InitConfigurationOptions {
  /** A project directory, or a C or C++ file. Default: the current directory. */
  readonly path?: string | undefined;
  /** Which of several programs. */
  readonly binary?: string | undefined;
}

/**
 * Writes a `morsel.json` with comments beside a project: what was detected, and what could be said. A build with it makes the
 * same image as one without. Errors: those of detection; USAGE where one is there, or nothing is compiled; WRITE_FAILED.
 */
export async function initConfiguration({
  path = '.',
  binary,
}: InitConfigurationOptions = {}): Promise<string> {
  const isFile = statOrNull(path)?.isFile() === true;
  const place = resolve(isFile ? dirname(path) : path, CONFIGURATION_FILE);
  const { project, programs } = await detect(path, binary);
  if (project.kind === 'binary') {
    throw new MorselError(
      'USAGE',
      `${path} is an executable, beside which no ${CONFIGURATION_FILE} is read`,
      {
        hint: 'name the folder of a project, or a C or C++ file',
      },
    );
  }
  const text = configurationText({ project, programs, isFile, folder: dirname(place) });
  writeNewFile(place, text, 'edit it; `morsel help morsel.json` lists the fields');
  return place;
}

interface Detected {
  readonly project: Project;
  /** Where there are several. */
  readonly programs: readonly string[];
}

/** Of several programs the first is written down, and the others beside it. */
async function detect(path: string, binary: string | undefined): Promise<Detected> {
  try {
    return { project: await detectProject(path, { bin: binary }), programs: [] };
  } catch (error) {
    const programs = binary === undefined ? programsIn(error) : [];
    const [first] = programs;
    if (first === undefined) throw error;
    return { project: await detectProject(path, { bin: first }), programs };
  }
}

function programsIn(error: unknown): readonly string[] {
  if (!(error instanceof MorselError) || error.code !== 'AMBIGUOUS_PROJECT') return [];
  // Where folders or manifests are to be chosen from, --bin does not choose.
  if (!/--bin |name one, as in/.test(error.hint)) return [];
  const candidates = error.details?.['candidates'];
  return Array.isArray(candidates) ? candidates.filter((name) => typeof name === 'string') : [];
}

interface Facts extends Detected {
  readonly project: Exclude<Project, { kind: 'binary' }>;
  readonly isFile: boolean;
  readonly folder: string;
}

const SCHEMA = 'node_modules/morsel/schema/morsel.schema.json';
const NAMED_PROGRAMS = 20;

/** Lines that begin with `//` and a field are suggestions: each is valid as it stands. */
function configurationText({ project, programs, isFile, folder }: Facts): string {
  return [
    '// What morsel is to know of this project beyond what its own files say. No field is required, and the command line',
    '// wins over them; `morsel help morsel.json` lists all. A last comma is allowed, as these comments are.',
    comment(`Found here: ${describeProject(project).replace(`${folder}/`, '')}.`),
    '{',
    field(existsSync(join(folder, SCHEMA)), '$schema', `./${SCHEMA}`),
    '',
    '  // Names the image; -t NAME:TAG gives others.',
    // Beside a file lie others, which have names of their own.
    field(!isFile, 'name', project.name),
    ...(isFile ? [] : choiceOfProgram({ project, programs })),
    '',
    ...suggestions(project),
    '',
    '  // Files and folders of the project that belong into the image: SRC:DST[:MODE].',
    field(false, 'add', []),
    '',
    '  // What the image must do. Each is run in it, and compared with the same program on this machine.',
    field(false, 'checks', [{ name: 'says its version', args: ['--version'], exitCode: 0 }]),
    '}',
    '',
  ].join('\n');
}

/** Which of several is taken, and what the others are called. */
function choiceOfProgram({ project, programs }: Pick<Facts, 'project' | 'programs'>): readonly string[] {
  const names = programs.length > 0 ? programs : (project.choices ?? []);
  const taken = names[0] ?? (project.kind === 'rust' ? project.binary : null);
  if (taken === null) return [];
  const others = `One of: ${listNames(names, NAMED_PROGRAMS)}. A list puts several into one image.`;
  return [
    '',
    ...(names.length > 0 ? [`  ${comment(others)}`] : []),
    // What is taken anyway is a suggestion.
    field(programs.length > 0 || project.kind === 'rust', 'bin', taken),
  ];
}

/** What could be said to what builds it. */
function suggestions(project: Facts['project']): readonly string[] {
  if (project.kind === 'rust')
    return [
      '  // Features, as cargo has them.',
      field(false, 'cargo', { features: [], defaultFeatures: true }),
    ];
  if (project.kind === 'go')
    return ['  // Build tags, and words for the linker.', field(false, 'go', { tags: [], ldflags: [] })];
  return [...ofBuildSystem(project.buildSystem), ...ofCompiler(project.buildSystem)];
}

const ofCompiler = (buildSystem: string): readonly string[] => [
  buildSystem === 'single'
    ? '  // Libraries and flags of the compiler.'
    : '  // Added to CFLAGS, LDFLAGS and LIBS of the build.',
  field(false, 'c', { link: [], cflags: [], ldflags: [] }),
];

function ofBuildSystem(buildSystem: string): readonly string[] {
  switch (buildSystem) {
    case 'autotools':
      return [
        '  // Arguments of configure for all rungs, and for one of them.',
        field(false, 'configure', ['--disable-nls']),
        field(false, 'rungs', { 'static-musl': { configure: ['--disable-nls'] } }),
      ];
    case 'make':
      return ['  // Variables and targets of make.', field(false, 'make', ['V=1'])];
    case 'cmake':
      return ['  // Entries of the cache, as after -D.', field(false, 'cmake', { BUILD_TESTING: false })];
    case 'meson':
      return ['  // Options of meson setup, as after -D.', field(false, 'meson', { werror: false })];
    default:
      return [];
  }
}

const field = (isSaid: boolean, name: string, value: unknown): string =>
  `  ${isSaid ? '' : '// '}${JSON.stringify(name)}: ${oneLine(value)},`;

/** As people write it: `{ "features": [], "defaultFeatures": true }`. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}: ${oneLine(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

/** A name with a line end would end the comment. */
const comment = (text: string): string => `// ${escapeUnprintable(text)}`;
