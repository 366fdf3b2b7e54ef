import { fileState } from '../../../core/file-state.ts';
import { isExecutableFile } from '../../../core/find-tool.ts';
import { isBelow } from '../../../core/is-below.ts';
import { PACKAGE_DATABASES } from '../../find/package-databases.ts';
import type { CompilePlan } from '../../plan.ts';

/** What a terminal and a session set, and no build reads. */
const OF_SESSIONS =
  /^(?:_|PWD|OLDPWD|SHLVL|TERM|TERM_\w+|COLORTERM|COLUMNS|LINES|WINDOWID|DISPLAY|WAYLAND_DISPLAY|SSH_\w+|XDG_(?:SESSION|RUNTIME|SEAT|VTNR)\w*|DBUS_\w+|LS_COLORS|VSCODE_\w+|TMUX\w*|STY|npm_\w+|INIT_CWD|GPG_TTY|TTY)$/;

/** Headers and libraries that no package has. */
const LOCAL_FOLDERS = ['/usr/local/include', '/usr/local/lib'];

/**
 * What objects depend on beside plan and sources: the variables that commands see, the programs that are named in a plan,
 * the packages of this machine. Another text where one of them may be another.
 */
export function machineState(plan: CompilePlan, env: Readonly<Record<string, string | undefined>>): string {
  const variables = Object.entries(env)
    .filter(([name]) => !OF_SESSIONS.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const named = [...plan.commands.map(({ program }) => program), ...plan.files.flatMap(pathsIn)];
  const programs = named.filter((path) => !isBelow(path, plan.workDirectory) && isExecutableFile(path));
  const paths = [...new Set([...programs, ...PACKAGE_DATABASES, ...LOCAL_FOLDERS])];
  return JSON.stringify([plan.toolchain, variables, paths.map((path) => [path, fileState(path)])]);
}

/** Absolute paths that a generated file names. */
function pathsIn({ content }: CompilePlan['files'][number]): readonly string[] {
  return content.kind === 'symlink' ? [content.target] : (content.text.match(/(?<![\w.])\/[\w./+-]+/g) ?? []);
}
