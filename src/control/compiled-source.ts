/** PEP 3147: `__pycache__/NAME.TAG.pyc` or `NAME.TAG.opt-N.pyc` beside `NAME.py`; and Emacs Lisp's, in one directory. */
const PYTHON = /^(.*\/)__pycache__\/([^/.]+)\.[^/.]+(?:\.opt-[^/.]+)?\.pyc$/;
const LISP = /^(.+\.el)c$/;

/** The source that a file was compiled from, by the names alone; null where it was compiled from none. */
export function sourceOfCompiled(path: string): string | null {
  const [, directory, name] = PYTHON.exec(path) ?? [];
  if (directory !== undefined && name !== undefined) return `${directory}${name}.py`;
  return LISP.exec(path)?.[1] ?? null;
}
