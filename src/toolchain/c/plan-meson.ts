import { join } from 'node:path';
import type { CompilePlan } from '../plan.ts';
import {
  buildEnvironment,
  type CBuild,
  compilerNames,
  isCross,
  planOf,
  searched,
  wrapperFiles,
} from './c-build.ts';
import { processorOf } from './c-toolchain.ts';
import { jobsOf } from './plan-make.ts';

/** Meson, out of the source tree, which a wrap that is cloned would be put into; with a generated native file (a cross file for another architecture). */
export function planMeson(build: CBuild): CompilePlan {
  const { project, toolchain, layout, options, tools, settings, sources } = build;
  const program = tools.build.meson?.path ?? 'meson';
  const inWork = { program, cwd: layout.work, env: buildEnvironment(build) };
  const machineFile = join(layout.work, 'machine.ini');
  const cross = isCross(build);
  return planOf(build, {
    commands: [
      {
        ...inWork,
        args: [
          'setup',
          cross ? '--cross-file' : '--native-file',
          machineFile,
          ...(project.choosesOptimisation ? [] : [`--buildtype=${buildType(options.profile)}`]),
          ...(toolchain.isStatic ? ['--default-library=static', '--prefer-static', '-Db_pie=false'] : []),
          ...(choosesWraps(settings) ? [] : ['--wrap-mode=nodownload']),
          ...settings.meson,
          ...settings.words,
          layout.build,
          sources,
        ],
        purpose: `configure ${project.name} for ${toolchain.label}`,
      },
      {
        ...inWork,
        args: ['compile', '-C', layout.build, '-j', String(jobsOf(options.jobs))],
        purpose: `build ${project.name} with ${toolchain.label}`,
      },
    ],
    files: [
      ...wrapperFiles(build),
      { path: machineFile, content: { kind: 'text', text: machineText(build, cross), mode: 0o644 } },
    ],
    cleanDirectories: [layout.build],
    configuration: { kind: 'meson', directory: layout.build },
    artifact: searched(build, layout.build),
  });
}

/** Meson takes an option once, by either of its names. */
function choosesWraps({ meson, words }: CBuild['settings']): boolean {
  return [...meson, ...words].some((word) => /^(?:--wrap-mode|-Dwrap_mode)(?:=|$)|^wrap_mode=/.test(word));
}

function buildType(profile: 'default' | 'smallest' | 'debug'): string {
  return { default: 'release', smallest: 'minsize', debug: 'debugoptimized' }[profile];
}

function machineText(build: CBuild, cross: boolean): string {
  const { toolchain, layout, tools } = build;
  const names = compilerNames(build);
  const binary = (name: string, path: string): string => `${name} = '${path.replaceAll(/['\\]/g, '\\$&')}'`;
  const cpu = processorOf(toolchain);
  return [
    '# Written by morsel. Changes here are lost.',
    '[binaries]',
    binary('c', join(layout.bin, names.c[0])),
    binary('cpp', join(layout.bin, names.cxx[0])),
    ...(toolchain.archiver === null ? [] : [binary('ar', join(layout.bin, 'ar'))]),
    ...(tools.build.pkgConfig === null ? [] : [binary('pkgconfig', 'pkg-config')]),
    ...(cross
      ? ['[host_machine]', "system = 'linux'", `cpu_family = '${cpu}'`, `cpu = '${cpu}'`, "endian = 'little'"]
      : []),
    '',
  ].join('\n');
}
