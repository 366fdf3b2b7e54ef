import { posix } from 'node:path';
import { appliesRelr, type Closure, isStaticWithInterpreter, muslVersion } from '../../loader/index.ts';
import { confirmed, OPEN, ruledOut, findByName } from '../../needs/index.ts';
import type { Ruling } from '../../needs/lack.ts';
import { librariesTakenAway, takenAway } from '../../rootfs/index.ts';
import { causeRows, lddCommand, programFile } from '../cause-row.ts';
import type { TargetProbe } from '../target-probe.ts';

const COPY_CLOSURE = 'ship loader and libraries with it: `morsel build PROGRAM`';
const LINK_STATICALLY =
  'link statically, as `morsel build PROJECT` does (C: musl-gcc -static; Rust: cargo build --target x86_64-unknown-linux-musl; Go: CGO_ENABLED=0)';

const sameName = (a: string, b: string): boolean => posix.basename(a) === posix.basename(b);

function withClosure(probe: TargetProbe, check: (closure: Closure, path: string) => Ruling): Ruling {
  if (probe.program.kind !== 'file') return ruledOut('there is no such file at all');
  const { content, path } = probe.program;
  if (content.kind !== 'elf') return ruledOut(`${path} is not an ELF program`);
  if (content.facts.link !== 'dynamic') return ruledOut(`${path} is static: nothing is loaded`);
  return content.closure === null ? OPEN : check(content.closure, path);
}

/** All that DT_NEEDED names is found; the one that the text names may be opened by dlopen. */
function checkOpenedLater({ tree }: TargetProbe, library: string | undefined, path: string): Ruling {
  if (library === undefined) return ruledOut(`every library of ${path} is found`);
  const name = library.slice(library.lastIndexOf('/') + 1);
  const elsewhere = findByName(tree, name);
  if (elsewhere === null)
    return confirmed(
      `no ${name} in the image: ${path} opens it after its start (dlopen), no DT_NEEDED names it`,
    );
  return library.includes('/') && tree.resolve(library) === null
    ? confirmed(`no ${library} in the image; ${elsewhere}`)
    : OPEN;
}

/** What the dynamic loader looks for and does not find. */
export const libraryCauses = causeRows([
  {
    cause: 'missing-interpreter',
    title: ({ values: { interpreter } }) =>
      interpreter === undefined
        ? 'the program’s dynamic loader is not in the image: the file is there, what the kernel cannot find is its ELF interpreter'
        : `an emulator (Rosetta, qemu) does not find the program’s dynamic loader in the image: ${interpreter}`,
    check: (probe) => {
      if (probe.program.kind !== 'file') return ruledOut('there is no such file at all');
      const { content, path } = probe.program;
      if (content.kind !== 'elf') return ruledOut(`${path} is not an ELF program`);
      const { interpreter, needed, go } = content.facts;
      if (interpreter === null) return ruledOut(`${path} is static: it has no interpreter`);
      if (probe.tree.resolve(interpreter)?.entry.kind === 'file') return ruledOut(`${interpreter} is there`);
      const pie =
        go !== null && needed.length === 0
          ? ' (a Go program built with -buildmode=pie, which needs nothing else from it)'
          : '';
      return confirmed(
        `${path} asks for ${interpreter}${pie}, and the image has no such file${takenAway(probe.tree, interpreter)}`,
      );
    },
    command: (context) => `morsel ldd ${programFile(context)}  # or: readelf -lW FILE | grep interpreter`,
    fixes: () => [
      LINK_STATICALLY,
      COPY_CLOSURE,
      'take a base with that C library: glibc: gcr.io/distroless/cc or debian:12-slim; musl: alpine',
    ],
  },
  {
    cause: 'missing-library',
    title: ({ values }) =>
      `a shared library is not in the image${values['library'] === undefined ? '' : `: ${values['library']}`}`,
    check: (probe, values) =>
      withClosure(probe, (closure, path) => {
        if (closure.missing.length === 0) return checkOpenedLater(probe, values['library'], path);
        const missing = closure.missing.find(({ name }) => name === values['library']) ?? closure.missing[0];
        const elsewhere = missing === undefined ? null : findByName(probe.tree, missing.name);
        const all = closure.missing.map(({ name, neededBy }) => `${name} (needed by ${neededBy})`).join(', ');
        return confirmed(
          elsewhere === null
            ? `not in the image: ${all}${librariesTakenAway(probe.tree)}`
            : `not found: ${all}; ${elsewhere}`,
        );
      }),
    command: (context) => lddCommand(context),
    fixes: () => [
      COPY_CLOSURE,
      'install the package that has it: apt-file search LIBRARY, apk add so:LIBRARY',
      LINK_STATICALLY,
      'a library in a directory of its own needs LD_LIBRARY_PATH, RUNPATH, or ldconfig in the image',
    ],
  },
  {
    cause: 'version-too-old',
    title: ({ values }) =>
      `a library of the image is older than the program needs${values['version'] === undefined ? '' : `: ${values['version']}`}`,
    check: (probe, { requiredBy }) =>
      withClosure(probe, ({ versionProblems, libraries }, path) => {
        const [first] = versionProblems;
        // What dlopen brings is not among those that were looked at.
        const isLooked =
          requiredBy === undefined ||
          [path, ...libraries.map((library) => library.path)].some((one) => sameName(one, requiredBy));
        if (first === undefined && !isLooked) return OPEN;
        if (first === undefined)
          return ruledOut(`every symbol version that ${path} and its libraries ask for is there`);
        const more = versionProblems.length > 1 ? ` and ${versionProblems.length - 1} more` : '';
        return confirmed(
          `${first.requiredBy} asks for ${first.version}, which ${first.library} does not have${more}`,
        );
      }),
    command: (context) =>
      `morsel inspect ${programFile(context)}  # minimumGlibc, and a verdict for each base`,
    fixes: () => [
      'take a base that is at least as new as the machine that compiled it (Debian 12 has glibc 2.36, Debian 13 2.41, Ubuntu 22.04 2.35, 24.04 2.39)',
      'compile on the older system, or cargo zigbuild --target x86_64-unknown-linux-gnu.2.31',
      LINK_STATICALLY,
    ],
  },
  {
    cause: 'undefined-symbol',
    title: ({ values }) =>
      `a library of the image lacks a function${values['symbol'] === undefined ? '' : `: ${values['symbol']}`}`,
    check: () => OPEN,
    command: (context) => `nm -D LIBRARY | grep SYMBOL  # and: ${lddCommand(context)} --tree`,
    fixes: () => [
      'ship the libraries of the machine where it was linked, all of one build',
      'look for two versions of the library in the image (LD_LIBRARY_PATH, RPATH)',
    ],
  },
  {
    cause: 'mixed-libraries',
    title: ({ values }) =>
      `libraries of two builds are mixed${values['library'] === undefined ? '' : `: ${values['library']} was linked with another ${values['provider'] ?? 'library'} than the one that is here`}`,
    check: () => OPEN,
    notFatal: true,
    command: (context) => `${lddCommand(context)}  # which file answers to each name`,
    fixes: () => [
      'take all of them from one release of one distribution: copied ones of another machine, and those of a base, do not go together',
      COPY_CLOSURE,
      'look for what leads to the other one: LD_LIBRARY_PATH, RPATH, /etc/ld.so.conf.d',
    ],
  },
  {
    cause: 'damaged-library',
    title: 'a library is damaged or not a library',
    check: (probe) =>
      withClosure(probe, ({ failures, libraries }) => {
        const [first] = failures;
        if (first !== undefined) return confirmed(`${first.path}: ${first.message}`);
        const damaged = libraries.find(({ facts }) => facts.defect !== null);
        return damaged === undefined
          ? ruledOut('every library that is found can be read')
          : confirmed(`${damaged.path}: ${damaged.facts.defect?.message}`);
      }),
    command: () => 'file LIBRARY',
    fixes: () => [
      'copy it again; a linker script (libc.so of a -dev package) or a Git LFS pointer is not a library',
    ],
  },
  {
    cause: 'glibc-program-on-musl',
    title: 'a program for glibc on musl’s loader (alpine), or the reverse',
    check: (probe) => {
      if (probe.program.kind !== 'file' || probe.program.content.kind !== 'elf')
        return ruledOut('it is not an ELF program');
      const { libc, link } = probe.program.content.facts;
      if (link !== 'dynamic') return ruledOut(`${probe.program.path} is static: it brings its own C library`);
      const hasMusl = probe.tree.list('/lib').some((name) => name.startsWith('ld-musl-'));
      const hasGlibc =
        probe.tree.list('/lib64').some((name) => name.startsWith('ld-linux')) ||
        probe.tree.list('/lib').some((name) => name.startsWith('ld-linux'));
      if (libc === 'glibc' && hasMusl && !hasGlibc)
        return confirmed(`${probe.program.path} is linked with glibc, and the image has musl`);
      if (libc === 'musl' && hasGlibc && !hasMusl)
        return confirmed(`${probe.program.path} is linked with musl, and the image has glibc`);
      return ruledOut(
        hasMusl || hasGlibc ? `program and image agree on ${libc}` : 'the image has no C library at all',
      );
    },
    command: (context) => `morsel inspect ${programFile(context)}  # libc`,
    fixes: () => [
      'take a base with glibc: debian:12-slim, gcr.io/distroless/cc',
      'build for musl: in an alpine stage, or cargo build --target x86_64-unknown-linux-musl',
      LINK_STATICALLY,
    ],
  },
  {
    cause: 'static-with-interpreter',
    title:
      'a static musl program was linked with lld or mold, which gave it a PT_INTERP: musl’s loader starts it and it crashes',
    check: ({ program }) => {
      if (program.kind !== 'file' || program.content.kind !== 'elf') return OPEN;
      const { facts } = program.content;
      return isStaticWithInterpreter(facts)
        ? confirmed(`${program.path} is a static EXEC file that asks for ${facts.interpreter}`)
        : ruledOut('it is not a static program with an interpreter');
    },
    command: (context) => `readelf -lW ${programFile(context)} | grep interpreter`,
    fixes: () => ['link with -Wl,--no-dynamic-linker, or with GNU ld'],
  },
  {
    cause: 'relr-on-old-musl',
    title: 'DT_RELR relocations, which musl before 1.2.4 ignores',
    check: ({ program, tree }) => {
      if (program.kind !== 'file' || program.content.kind !== 'elf') return OPEN;
      const { relr, libc, interpreter } = program.content.facts;
      if (!relr || libc !== 'musl' || interpreter === null) return ruledOut('no DT_RELR on musl');
      const version = muslVersion(tree, interpreter);
      const applied = appliesRelr({ name: 'musl', version });
      if (applied === null) return OPEN;
      return applied
        ? ruledOut(`${interpreter} is musl ${version}, which knows DT_RELR`)
        : confirmed(
            `${program.path} has DT_RELR, and ${interpreter} is musl ${version}: it needs musl 1.2.4`,
          );
    },
    command: (context) => `readelf -dW ${programFile(context)} | grep RELR`,
    fixes: () => ['link with -Wl,-z,nopack-relative-relocs, or take musl 1.2.4 (alpine 3.18)'],
  },
]);
