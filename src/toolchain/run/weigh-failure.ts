import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Command } from '../../core/command.ts';
import type { MorselError } from '../../core/errors.ts';
import { readSmallFile } from '../../core/read-small-file.ts';
import type { CompilePlan, OrdinaryCompiler } from '../plan.ts';
import { blameOf, type FailedStep } from './blame.ts';
import { CompileFailure } from './compile-failure.ts';
import { NO_PACKAGE } from './dependency-symptoms.ts';

/** What can be asked to tell whose a failure is. */
export interface Questions {
  /** Runs a command beside the build; null where it succeeds. */
  readonly failureOf: (command: Command) => Promise<MorselError | null>;
  /** How the ordinary configuration of the project fails; null where it succeeds or is not known. */
  readonly ordinaryConfiguration: () => Promise<MorselError | null>;
}

/**
 * The error of a failed step of a plan: `final` in its details where no rung can be built, `hopeless` where another
 * compiler of the same C library would fail as this one. Errors of the questions that are no answers go up.
 */
export async function weighFailure(
  failure: CompileFailure,
  plan: CompilePlan,
  step: FailedStep,
  questions: Questions,
): Promise<MorselError> {
  switch (blameOf(failure, step)) {
    case 'own':
      return endsTheLadder(failure, plan, step) ? failure.asFinal() : failure;
    case 'rung':
      return lacksLibrary(failure) ? failure.asHopeless() : failure;
    case 'ask': {
      const ordinary = step.isConfiguration
        ? await questions.ordinaryConfiguration()
        : await refusal(failure, plan, questions);
      if (
        ordinary instanceof CompileFailure &&
        endsTheLadder(ordinary, plan, step) &&
        (step.isConfiguration || isOfTheSource(ordinary, failure, plan))
      )
        // The build asked for the package whose header is missing.
        return ordinary.asFinal(NO_PACKAGE.test(failure.printed) ? failure.hint : undefined);
      if (ordinary?.details?.['final'] === true) return ordinary;
      return lacksLibrary(failure) ? failure.asHopeless() : failure;
    }
  }
}

/** What the ordinary compiler says of the call that failed; null where it takes it, or is not known. */
async function refusal(
  failure: CompileFailure,
  { ordinary }: CompilePlan,
  { failureOf }: Questions,
): Promise<MorselError | null> {
  const call = ordinary === null ? null : callOf(ordinary);
  if (ordinary === null || call === null || !isAbout(failure, call.args)) return null;
  const question = questionOf(ordinary, call);
  return question === null ? null : failureOf(question);
}

/** What the ordinary compiler is asked beside the one call of a plan; null where that is not known before it fails. */
export function questionBeside({ ordinary }: CompilePlan): Command | null {
  return ordinary?.about.kind === 'call' ? questionOf(ordinary, ordinary.about) : null;
}

/**
 * What a compiler for glibc says that one for musl need not be waited for: it is about the types of the source's own
 * words, whatever the headers are.
 */
export function isOfTypesAlone({ diagnosis }: CompileFailure): boolean {
  return (
    diagnosis?.tool === 'c' &&
    /\.(?:c|cc|cpp|cxx|c\+\+|C)$/.test(diagnosis.file ?? '') &&
    !diagnosis.file?.startsWith('/') &&
    OF_TYPES.test(diagnosis.message)
  );
}

const OF_TYPES =
  /^(?:cannot convert|could not convert|no match for|invalid conversion from|incompatible types? |invalid operands to|conversion from .{1,200} requested)/;

function questionOf(ordinary: OrdinaryCompiler, call: Call): Command | null {
  const compiler = call.language === 'c' ? ordinary.c : ordinary.cxx;
  const [program, ...words] = compiler ?? [];
  if (program === undefined) return null;
  const source = call.args.find((word) => SOURCE.test(word)) ?? 'it';
  return {
    program,
    args: [...words, ...call.args, '-fsyntax-only'],
    cwd: call.cwd,
    env: ordinary.env,
    purpose: `see whether ${basename(program)} takes ${basename(source)}`,
  };
}

interface Call {
  readonly language: 'c' | 'c++';
  readonly cwd: string;
  readonly args: readonly string[];
}

/** More than any command line: MAX_ARG_STRLEN and ARG_MAX are smaller. */
const RECORD_LIMIT_BYTES = 2 * 1024 * 1024;

function callOf({ about }: OrdinaryCompiler): Call | null {
  if (about.kind === 'call') return about;
  let record: Buffer | null;
  try {
    record = readSmallFile(about.path, RECORD_LIMIT_BYTES);
  } catch {
    return null;
  }
  const [language, cwd, ...args] = (record?.toString('utf8') ?? '').split('\0').slice(0, -1);
  if ((language !== 'c' && language !== 'c++') || cwd?.startsWith('/') !== true) return null;
  return { language, cwd, args };
}

/**
 * The ordinary compiler was asked in a tree that was configured for another C library, whose headers it may have been told of
 * (`HAVE_STROPTS_H`), and in which programs of the build may have written others (calc's `fposval.h`): what it refuses is the
 * source's own where the rung's compiler stopped as well, in words that no configuration chooses or in a tree without one.
 */
function isOfTheSource(ordinary: CompileFailure, failure: CompileFailure, plan: CompilePlan): boolean {
  const [one, other] = [ordinary.diagnosis, failure.diagnosis];
  if (one === null || other === null || one.file === null || other.file === null) return true;
  if (basename(one.file) !== basename(other.file) || one.line !== other.line) return false;
  if (WHATEVER_CONFIGURED.test(one.message) || OF_TYPES.test(one.message)) return true;
  return plan.configuration === null && isInSources(one.file, plan);
}

/** Wrong syntax; and a header that is missing here was not found by a question for it either. */
const WHATEVER_CONFIGURED = /^expected |No such file or directory$|file not found$/;

/** Not written by the build; where nothing is copied, or it is named from another folder, nobody knows. */
function isInSources(file: string, { copySources }: CompilePlan): boolean {
  if (copySources === null) return true;
  const inCopy = [file, join(copySources.to, file)].find((path) => path.startsWith(`${copySources.to}/`));
  return inCopy !== undefined && existsSync(join(copySources.from, relative(copySources.to, inCopy)));
}

/** The sources of a call; what they include is behind them. A record may be of an older call. */
const SOURCE = /\.(?:c|cc|cpp|cxx|c\+\+|C|m|mm|i|ii)$/;

function isAbout({ printed, diagnosis }: CompileFailure, args: readonly string[]): boolean {
  const sources = args.filter((word) => SOURCE.test(word)).map((path) => basename(path));
  if (sources.length === 0) return false;
  const file = basename(diagnosis?.file ?? '');
  return sources.includes(file) || (!SOURCE.test(file) && sources.some((name) => printed.includes(name)));
}

/**
 * What the machine's own compiler refuses, no rung of its C library can be. Another compiler for musl that may still be
 * tried knows newer forms of the language, and its own headers, but makes no sense of a wrong type either.
 */
function endsTheLadder({ diagnosis }: CompileFailure, { fallback }: CompilePlan, step: FailedStep): boolean {
  if (diagnosis === null) return false;
  if (step.isConfiguration || fallback === null) return true;
  if (diagnosis.tool !== 'c' || OF_TYPES.test(diagnosis.message)) return true;
  return !NEWER_LANGUAGE.test(diagnosis.message) && !isLibraryHeader(diagnosis.message);
}

const NEWER_LANGUAGE =
  /\bstd::|\b(?:constexpr|consteval|constinit|nullptr|typeof(?:_unqual)?|static_assert|thread_local|embed|_BitInt|concept|requires|co_\w+|import|module|auto|bool|true|false)\b|#|\[\[|is only available|unrecognized|not supported|sorry, unimplemented|unknown type name/;

/** `<format>`: without an ending, of the compiler's own library. */
function isLibraryHeader(message: string): boolean {
  return /^[\w]{1,40}: No such file/.test(message);
}

/** Neither musl-gcc nor zig has libraries beside the C library's own. */
function lacksLibrary({ printed, diagnosis }: CompileFailure): boolean {
  if (/cannot find -l(?!(?:c|m|pthread|rt|dl|util|crypt|resolv|xnet|gcc\w*|stdc\+\+)\b)/.test(printed))
    return true;
  const message = diagnosis?.message ?? '';
  const header = /^'?([\w./+-]{1,300}\.(?:h|hpp|hh))'?(?:: No such file or directory| file not found)/.exec(
    message,
  )?.[1];
  if (header !== undefined)
    return !/^(?:linux|asm|asm-generic|mtd|sound|rdma|video|xen|drm|misc)\//.test(header);
  return (
    diagnosis !== null && ['configure', 'cmake', 'meson'].includes(diagnosis.tool) && LACKS.test(message)
  );
}

/** `NOTFOUND` is CMake's value of what a find_ command did not find. */
const LACKS = /not ?found|could not find|cannot find|no package|missing|required|were not met|not installed/i;
