import { MorselError } from '../core/errors.ts';
import { CHECK_PATH_HINT } from '../core/hints.ts';
import type { Closure, ClosureRequest, ExtraLibrary, HwcapsVariant } from './closure.ts';
import { baselineCpu } from './cpu.ts';
import { type LinkFacts, machineOf } from './link-facts.ts';
import type { LoadOutcome, LoadStart } from './load.ts';
import { loadWithGlibc } from './load-glibc.ts';
import { loadWithMusl } from './load-musl.ts';
import { LoadedFile, LoadedLibrary } from './loaded-file.ts';
import type { LoadedObject } from './loaded-object.ts';
import { type ChosenLoader, chooseLoader } from './loader-kind.ts';
import { absolutePath } from './path-list.ts';
import { LoaderSession, type ObjectFile } from './session.ts';
import { checkVersions, minimumGlibc } from './versions.ts';

/**
 * The files that a program of `request.tree` loads when it starts, by its own loader's rules: glibc's or musl's. Pure
 * reading: nothing is executed, and nothing outside of the tree is looked at.
 * Errors: NOT_FOUND, UNREADABLE, NOT_AN_EXECUTABLE (not an ELF program or library), ELF_INVALID, LIMIT_EXCEEDED.
 */
export function findClosure(request: ClosureRequest): Closure {
  const session = request.session ?? new LoaderSession(request.tree);
  const cwd = request.cwd ?? '/';
  const file = openProgram(session, request.path, cwd);
  const { link } = file;
  const chosen = chooseLoader(session, link, request.interpreter);
  if (chosen === null) return staticClosure(request, session, file);
  const interpreterFile = session.open(absolutePath(chosen.path, cwd));
  const start: LoadStart = {
    session,
    request,
    cwd,
    cpu: request.cpu === undefined || request.cpu === 'baseline' ? baselineCpu(machineOf(link)) : request.cpu,
    program: { path: request.path, file, link },
    interpreter: { path: chosen.path, file: interpreterFile?.isDirectory === true ? null : interpreterFile },
  };
  return closureOf(start, chosen, LOADS[chosen.kind](start));
}

const LOADS: Readonly<Record<ChosenLoader['kind'], (start: LoadStart) => LoadOutcome>> = {
  glibc: loadWithGlibc,
  musl: loadWithMusl,
  other: loadNothing,
};

/** A loader whose rules are not known: what it would find is not guessed by another's. */
function loadNothing({ program }: LoadStart): LoadOutcome {
  const missing = program.link.needed.map((name) => ({ name, neededBy: program.path }));
  return {
    objects: [],
    edges: missing.map(({ name, neededBy }) => ({
      from: neededBy,
      name,
      to: null,
      foundBy: null,
      opened: null,
      rule: 'missing',
    })),
    missing,
    notPreloaded: [],
    leftOut: [],
    failures: [],
    named: () => undefined,
    defaultDirectories: [],
    variants: () => [],
  };
}

/**
 * The closure with one library more, found as `dlopen` would find it, and everything that it needs in turn. It is
 * searched for `requester` (soname or path of a loaded object; the program when not given).
 */
export function addLibrary(closure: Closure, name: string, reason: string, requester?: string): Closure {
  const extra: ExtraLibrary = { name, reason, requester };
  return findClosure({ ...closure.request, extra: [...(closure.request.extra ?? []), extra] });
}

/** Why the program cannot be opened; a library that cannot is only not found. Errors: NOT_FOUND, UNREADABLE. */
function refuseUnopened({ tree }: LoaderSession, path: string): never {
  const kind = tree.resolve(path)?.entry.kind;
  if (kind === 'file') tree.open(path)?.close();
  if (kind === 'other') {
    throw new MorselError('UNREADABLE', `${path} is a pipe, a socket or a device, not a regular file`, {
      hint: 'give the file of a program',
    });
  }
  throw new MorselError('NOT_FOUND', `${path}: no such file in ${tree.name}`, { hint: CHECK_PATH_HINT });
}

function openProgram(
  session: LoaderSession,
  path: string,
  cwd: string,
): ObjectFile & { readonly link: LinkFacts } {
  const absolute = absolutePath(path, cwd);
  const file = session.open(absolute) ?? refuseUnopened(session, absolute);
  if (file.isDirectory) {
    throw new MorselError('UNREADABLE', `${path} is a directory`, {
      hint: 'give the file in it that is meant',
    });
  }
  const { link } = file;
  if (link === null) {
    // Ask again for the error that says what is wrong with the bytes.
    session.facts(file.realPath);
    throw new MorselError('NOT_AN_EXECUTABLE', `${path} is not an ELF file`, {
      hint: 'give a program or a library; see `morsel inspect` for what it is',
    });
  }
  if (link.link === 'none') {
    throw new MorselError(
      'NOT_AN_EXECUTABLE',
      `${path} is an ELF file of type ${link.type}, neither program nor library`,
      { hint: 'link it first: an object file loads nothing' },
    );
  }
  return { ...file, link };
}

function closureOf(start: LoadStart, chosen: ChosenLoader, outcome: LoadOutcome): Closure {
  const { session, request, program } = start;
  const { file: interpreter } = start.interpreter;
  const libraries = outcome.objects.slice(1);
  return {
    ...programFields(request, session, program.file, program.link),
    get facts() {
      return session.facts(program.file.realPath);
    },
    loader: chosen.kind,
    interpreter: {
      path: chosen.path,
      file:
        interpreter?.link == null ? null : new LoadedFile(start, chosen.path, interpreter, interpreter.link),
    },
    libraries: libraries.flatMap((object) =>
      object.file === null ? [] : [new LoadedLibrary(start, object, object.file)],
    ),
    missing: outcome.missing,
    notPreloaded: outcome.notPreloaded,
    leftOut: outcome.leftOut,
    failures: outcome.failures,
    edges: outcome.edges,
    versionProblems: chosen.kind === 'glibc' ? checkVersions(outcome) : [],
    get minimumGlibc() {
      return chosen.kind === 'glibc' ? minimumGlibc(outcome) : null;
    },
    get hwcapsVariants() {
      return libraries.flatMap((object) => hwcapsVariants(outcome, object));
    },
    defaultDirectories: outcome.defaultDirectories,
  };
}

function programFields(
  request: ClosureRequest,
  session: LoaderSession,
  file: ObjectFile,
  link: LinkFacts,
): Pick<Closure, 'request' | 'path' | 'realPath' | 'link'> {
  return { request: { ...request, session }, path: request.path, realPath: file.realPath, link };
}

function staticClosure(
  request: ClosureRequest,
  session: LoaderSession,
  file: ObjectFile & { readonly link: LinkFacts },
): Closure {
  return {
    ...programFields(request, session, file, file.link),
    get facts() {
      return session.facts(file.realPath);
    },
    loader: 'none',
    interpreter: null,
    libraries: [],
    missing: [],
    // A static program reads no LD_PRELOAD.
    notPreloaded: [],
    leftOut: [],
    failures: [],
    edges: [],
    versionProblems: [],
    minimumGlibc: null,
    hwcapsVariants: [],
    defaultDirectories: [],
  };
}

function hwcapsVariants(outcome: LoadOutcome, object: LoadedObject): readonly HwcapsVariant[] {
  return outcome
    .variants(object)
    .map(({ path, hwcaps }) => ({ name: object.name, path, hwcaps, loaded: path === object.path }));
}
