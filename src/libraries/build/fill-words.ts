export interface WordValues {
  readonly cc: string;
  readonly ar: string;
  readonly ranlib: string;
  readonly buildCc: string;
  readonly host: string;
  readonly sysroot: string;
  /** For `{tool:NAME}`. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Puts values in the place of `{cc}` and its like. Pure. */
export function fillWords(word: string, values: WordValues): string {
  return word.replace(
    /\{(?:(cc|ar|ranlib|buildCc|host|sysroot)|tool:([\w.-]+))\}/g,
    (whole, name?: keyof WordValues, tool?: string) => {
      if (tool !== undefined) return values.tools[tool] ?? whole;
      const value = name === undefined ? whole : values[name];
      return typeof value === 'string' ? value : whole;
    },
  );
}
