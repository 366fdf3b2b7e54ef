const SECONDARY =
  /(^|[/_-])(tests?|testing|unittests?|bench(marks?)?|examples?|samples?|fuzz(ers?|ing)?|demos?|contrib|check)([/_.-]|$)|^test|test$/i;

/** Programs that are rarely what a project is for, by their path in a build: they give way when others are there. */
export function isSecondaryProgram(path: string): boolean {
  return SECONDARY.test(path);
}
