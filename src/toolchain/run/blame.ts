import { readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readSmallFile } from '../../core/read-small-file.ts';
import type { Rung } from '../../core/choices.ts';
import type { CompileFailure } from './compile-failure.ts';
import type { Diagnosis } from './diagnosis.ts';

/**
 * Whose a failure is.
 * `own`: the user's, or this machine's: no rung can be built, whatever it is linked with.
 * `ask`: it is known once the machine's own compiler, or its own configuration, was asked the same.
 * `rung`: of this rung, as far as is known: another may be built.
 */
export type Blame = 'own' | 'ask' | 'rung';

export interface FailedStep {
  readonly rung: Rung;
  /** It configures: compilers that fail are part of its questions. */
  readonly isConfiguration: boolean;
  /** Where it ran. */
  readonly directory: string;
}

/** From what the tools say alone. A doubt is never the user's: a program that another rung can build must not be lost. */
export function blameOf(failure: CompileFailure, step: FailedStep): Blame {
  const { diagnosis, printed } = failure;
  if (diagnosis === null) return 'rung';
  // What the ordinary build says is the answer, whatever it is.
  if (step.rung === 'closure') return 'own';
  switch (diagnosis.tool) {
    case 'rustc':
      return ofRustc(diagnosis, printed, step);
    case 'cargo':
      return ofCargo(diagnosis, step);
    case 'go':
      return ofGo(diagnosis, step);
    case 'c':
      if (step.isConfiguration) return 'ask';
      return step.rung === 'static-glibc' ? 'own' : 'ask';
    case 'configure':
    case 'cmake':
    case 'meson':
      return 'ask';
  }
}

/** A toolchain is chosen for each target: these may come of the one that was chosen. */
const OF_THE_TOOLCHAIN = /^error\[E0(?:463|514|554|658|152|460|461|462)\]/;

/**
 * Between musl and glibc the crate `libc` differs in names and in the widths of C's types, and with it what stands on it;
 * `cfg(target_env)` may say anything.
 */
const OF_THE_C_LIBRARY =
  /\blibc\b|\bnix\b|\brustix\b|\bc_u?(?:char|short|int|long|longlong)\b|target_env|\bmusl\b|`[iu](?:8|16|32|64|size)`/;

function ofRustc({ headline, tool }: Diagnosis, printed: string, { rung }: FailedStep): Blame {
  if (OF_THE_TOOLCHAIN.test(headline)) return 'rung';
  if (rung !== 'static-musl') return 'own';
  return OF_THE_C_LIBRARY.test(snippetOf(printed, headline, tool)) ? 'rung' : 'own';
}

/** The characters of an error that are looked at: rustc shows some lines of source and notes. */
const SNIPPET_CHARACTERS = 4_000;

function snippetOf(printed: string, headline: string, tool: Diagnosis['tool']): string {
  const first = tool === 'rustc' ? headline.slice(0, headline.lastIndexOf(' --> ')) : headline;
  const start = Math.max(0, printed.indexOf(first));
  return printed.slice(start, start + SNIPPET_CHARACTERS);
}

/** cargo resolves and fetches before it knows of a target; a build script asks for the target's libraries. */
function ofCargo({ message }: Diagnosis, { rung }: FailedStep): Blame {
  if (message.includes('Unable to find libclang')) return 'own';
  if (message.startsWith('failed to run custom build command'))
    return rung === 'static-musl' || !LACKED_BY_SCRIPT.test(message) ? 'rung' : 'own';
  return BEFORE_ANY_TARGET.test(message) ? 'own' : 'rung';
}

const LACKED_BY_SCRIPT =
  /The system library `|No package '|Package \S{1,100} was not found|: fatal error: |: error: /;

const BEFORE_ANY_TARGET =
  /^(?:no matching package|failed to (?:select a version|get|download|load|parse|read|resolve|fetch|update)|unable to (?:get|update)|the lock file|package `[^`]{1,200}` (?:does not|is not)|no bin target|could not find `?Cargo\.toml|invalid|unclosed|duplicate|missing|expected|unknown|unexpected|key |string |extra|none of the selected|feature|dependency|cyclic|Cargo\.toml|network|unrecogni[sz]ed|cannot (?:specify|find)|can't find)/i;

/** Without cgo, what only files of cgo define is undefined. */
function ofGo({ message, file }: Diagnosis, { rung, directory }: FailedStep): Blame {
  if (/build constraints exclude all Go files/.test(message)) return 'rung';
  if (rung === 'static-go')
    return /^undefined: |undefined \(|has no field or method|missing function body/.test(message) &&
      file !== null &&
      besideCgo(dirname(resolve(directory, file)))
      ? 'rung'
      : 'own';
  // C's types are other ones with another C library.
  if (rung === 'static-musl' && /\bC\.|_C(?:type|func|macro|var)?_/.test(message)) return 'rung';
  return file !== null || OF_GO_MODULES.test(message) ? 'own' : 'rung';
}

const OF_GO_MODULES =
  /^(?:errors parsing|updates to go\.|go\.(?:mod|sum|work)|module|cannot find (?:main )?module|missing|no required module|inconsistent vendoring|unknown directive)|@v[\w.+-]{1,200}: |dial tcp|GOPROXY/;

/** Files of a folder that are looked at; a package with more is not taken for one without cgo. */
const MAX_GO_FILES = 500;
const GO_FILE_LIMIT_BYTES = 8 * 1024 * 1024;

const OF_CGO = /^\/\/go:build [^\n]{0,300}\bcgo\b|^import "C"|^\s{0,8}"C"$/m;

function besideCgo(directory: string): boolean {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.go'));
    if (names.length > MAX_GO_FILES) return true;
    const texts = names.map((name) => readSmallFile(resolve(directory, name), GO_FILE_LIMIT_BYTES) ?? '');
    return texts.some((text) => OF_CGO.test(text.toString('utf8')));
  } catch {
    return true;
  }
}
