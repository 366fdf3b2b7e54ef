type Environment = Readonly<Record<string, string | undefined>>;

/** What make, configure, CMake and Meson take from the environment, for C and C++. */
export const C_FLAG_VARIABLES = ['CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'LDLIBS', 'LIBS'] as const;

/** Those that are set to something, by name. Pure. */
export function setVariables<Name extends string>(
  env: Environment,
  names: readonly Name[],
): Readonly<Partial<Record<Name, string>>> {
  const found = names.flatMap((name) => {
    const value = env[name];
    return value === undefined || value.trim() === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found) as Partial<Record<Name, string>>;
}

/** A value may be as long as the kernel takes it. */
const SHOWN_CHARACTERS = 200;

/** That they are used: with them another machine makes another program of the same sources. */
export function environmentNotes(env: Environment = {}, names: readonly string[]): readonly string[] {
  return Object.entries(setVariables(env, names)).map(([name, value = '']) => {
    const shown = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value;
    return `${name} of your environment is used: ${shown.trim()}`;
  });
}
