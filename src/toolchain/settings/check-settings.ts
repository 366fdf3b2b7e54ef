import { MorselError } from '../../core/errors.ts';
import type { BuildSettings } from '../../project/build-settings.ts';
import type { SourceProject } from '../../project/project.ts';
import { type BuildTool, refusedWord } from './refused-words.ts';

/** Fields of the settings that a tool takes, beside the words that are typed after `--`. */
type Field = Exclude<keyof BuildSettings, 'words'>;

const FIELDS: Readonly<Record<BuildTool, readonly Field[]>> = {
  compiler: ['c'],
  make: ['c', 'make'],
  cmake: ['c', 'cmake'],
  meson: ['c', 'meson'],
  configure: ['c', 'configure', 'make'],
  cargo: ['cargo'],
  go: ['go'],
};

function buildToolOf(project: SourceProject): BuildTool {
  if (project.kind === 'rust') return 'cargo';
  if (project.kind === 'go') return 'go';
  if (project.buildSystem === 'single') return 'compiler';
  return project.buildSystem === 'autotools' ? 'configure' : project.buildSystem;
}

/**
 * Refuses what would be lost or would lose the program: settings of another build system, and words that put what is
 * built where it is not looked for, or that build nothing. Pure. Error: USAGE.
 */
export function checkSettings(project: SourceProject, settings: BuildSettings): void {
  const tool = buildToolOf(project);
  const taken = FIELDS[tool];
  for (const field of SET) {
    if (taken.includes(field) || !isSet(settings, field)) continue;
    throw new MorselError('USAGE', `\`${field}\` is set, and ${project.name} is built by ${NAMES[tool]}`, {
      hint: `leave it out; what is taken here: ${[...taken.map((name) => `\`${name}\``), 'words after --'].join(', ')}`,
    });
  }
  checkStandard(project, settings);
  for (const [target, words] of wordsByTool(tool, settings)) checkWords(target, words);
}

const NAMES: Readonly<Record<BuildTool, string>> = {
  compiler: 'the compiler alone',
  make: 'make',
  cmake: 'CMake',
  meson: 'Meson',
  configure: 'configure and make',
  cargo: 'cargo',
  go: 'the go command',
};

const SET: readonly Field[] = ['c', 'configure', 'make', 'cmake', 'meson', 'cargo', 'go'];

function isSet({ c, cargo, go, ...lists }: BuildSettings, field: Field): boolean {
  if (field === 'c')
    return c.std !== null || [c.link, c.cflags, c.ldflags, c.includes].some((list) => list.length > 0);
  if (field === 'cargo') return cargo.features.length > 0 || !cargo.defaultFeatures;
  if (field === 'go') return go.tags.length > 0 || go.ldflags.length > 0;
  return lists[field].length > 0;
}

/** gcc takes the other language's for a warning, clang for an error. */
function checkStandard(project: SourceProject, { c: { std } }: BuildSettings): void {
  if (std === null || project.kind !== 'c' || project.buildSystem !== 'single') return;
  const isCxx = std.includes('++');
  if (isCxx === (project.language === 'c++') || project.sources !== undefined) return;
  throw new MorselError(
    'USAGE',
    `\`${std}\` is a standard of ${isCxx ? 'C++' : 'C'}, and ${project.source} is not`,
    {
      hint: isCxx ? 'give one of C, such as c17' : 'give one of C++, such as c++20',
    },
  );
}

function wordsByTool(
  tool: BuildTool,
  settings: BuildSettings,
): readonly (readonly [BuildTool, readonly string[]])[] {
  const { c, words } = settings;
  return [
    [tool, words],
    ['configure', settings.configure],
    ['make', settings.make],
    ['cmake', settings.cmake],
    ['meson', settings.meson],
    ['compiler', [...c.cflags, ...c.ldflags]],
  ];
}

function checkWords(tool: BuildTool, words: readonly string[]): void {
  words.forEach((word, index) => {
    const refused = refusedWord(tool, word, words[index + 1]);
    if (refused === null) return;
    throw new MorselError('USAGE', `${word} cannot be given to ${NAMES[tool]}: ${refused.reason}`, {
      hint: refused.hint ?? 'leave it out',
    });
  });
}
