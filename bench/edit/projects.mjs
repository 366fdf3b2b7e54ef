/** What is built: each has the word `hello NUMBER` in one source, which an edit changes. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * @typedef {{
 *   name: string, input: string, source: string, program: string,
 *   plain: string, cached: string, morsel: readonly string[], env: Record<string, string>,
 *   prepare: (directory: string) => void,
 * }} Project
 * `plain` and `cached`: the RUN lines of the two Dockerfiles, which make /out/PROGRAM of /src. `env`: of the Dockerfiles.
 */

/** Modules of the C project, beside its main.c. */
const C_PARTS = 40;
const RUN = 'RUN --mount=type=cache,target=';
/** A target by name: a flag for the program is none for the macros that the compiler loads. */
const CARGO =
  'cargo build --release --offline --target x86_64-unknown-linux-gnu && mkdir /out && cp target/x86_64-unknown-linux-gnu/release/words /out/words';

/** @type {readonly Project[]} */
export const PROJECTS = [
  {
    name: 'C',
    input: 'c-server',
    source: 'main.c',
    program: 'server',
    plain: 'RUN make LDFLAGS=-static && mkdir /out && cp server /out/server',
    cached: `${RUN}/build cp -u /src/* /build/ && make -C /build LDFLAGS=-static && mkdir /out && cp /build/server /out/server`,
    morsel: ['--rung', 'static-glibc'],
    env: {},
    prepare: makeParts,
  },
  {
    name: 'Rust',
    input: 'rust-words',
    source: 'src/main.rs',
    program: 'words',
    plain: `RUN ${CARGO}`,
    cached: `${RUN}/src/target ${CARGO}`,
    morsel: ['--rung', 'static-glibc'],
    env: { RUSTFLAGS: '-C target-feature=+crt-static -C strip=symbols' },
    prepare: vendorCrates,
  },
  {
    name: 'Go',
    input: 'go-server',
    source: 'main.go',
    program: 'server',
    plain: "RUN go build -trimpath -ldflags='-s -w -buildid=' -o /out/server .",
    cached: `${RUN}/root/.cache/go-build go build -trimpath -ldflags='-s -w -buildid=' -o /out/server .`,
    morsel: [],
    env: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' },
    prepare: (directory) => run(directory, 'go', ['mod', 'vendor']),
  },
];

/** A fresh copy of the project, with what it needs from registries beside it. @param {Project} project @param {string} directory */
export function makeProject(project, directory) {
  rmSync(directory, { recursive: true, force: true });
  cpSync(join(import.meta.dirname, 'inputs', project.input), directory, { recursive: true });
  project.prepare(directory);
}

/** @param {Project} project @param {string} directory @param {number} number */
export function edit({ source }, directory, number) {
  const path = join(directory, source);
  writeFileSync(path, readFileSync(path, 'utf8').replace(/hello \d+/, `hello ${number}`));
}

/** @param {string} directory */
function makeParts(directory) {
  const numbers = Array.from({ length: C_PARTS }, (_, index) => index);
  for (const number of numbers) {
    const before = number === 0 ? 'return count;' : `return part_${number - 1}(count);`;
    const declared = number === 0 ? '' : `int part_${number - 1}(int);\n`;
    writeFileSync(
      join(directory, `part_${number}.c`),
      `#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n${declared}int part_${number}(int count) {\n  ${before}\n}\n`,
    );
  }
  const last = `part_${C_PARTS - 1}`;
  writeFileSync(
    join(directory, 'parts.c'),
    `int ${last}(int);\nint parts(int count) { return ${last}(count); }\n`,
  );
}

/** @param {string} directory */
function vendorCrates(directory) {
  const configuration = run(directory, 'cargo', ['vendor', '--locked', 'vendor']);
  mkdirSync(join(directory, '.cargo'));
  writeFileSync(join(directory, '.cargo/config.toml'), configuration);
}

/** @param {string} cwd @param {string} program @param {readonly string[]} args */
function run(cwd, program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}
