import * as v from 'valibot';
import { ALLOCATORS, RUNGS, SIZE_PROFILES } from '../../core/choices.ts';
import { described, listOf, word, wordList, WORDS_LIMIT } from '../../json/index.ts';
import { DEPENDENCIES_LIMIT, dependency } from './dependency-schema.ts';
import { TAGS_LIMIT } from './limits.ts';
import type { Configuration } from './morsel-json.ts';
import { rungSettings, settingsEntries } from './settings-schema.ts';

const PROGRAMS_LIMIT = 100;
const ENTRIES_LIMIT = 1000;
/** A morsel.json with more is generated, and wrong. */
const CHECKS_LIMIT = 1000;

const strings = (what: string, limit = ENTRIES_LIMIT) => listOf(v.string(), limit, what);

const stringMap = v.pipe(
  v.record(v.string(), v.string()),
  v.maxEntries(ENTRIES_LIMIT, `at most ${ENTRIES_LIMIT} names`),
);

const commands = listOf(v.union([word, wordList]), WORDS_LIMIT, 'words');

const size = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The one source of what a `morsel.json` may hold: schema/morsel.schema.json and the reference page are made from it. */
export const configurationSchema = v.strictObject({
  $schema: described(v.string(), 'Where the JSON schema of this file lies, for editors.'),
  name: described(v.string(), "Image name; default: the project's own name."),
  bin: described(
    v.union([v.string(), strings('programs', PROGRAMS_LIMIT)]),
    'Which of several programs of the project; a list: all of these, in one image.',
  ),
  tags: described(strings('names', TAGS_LIMIT), 'Image names with tags, as -t gives them.'),
  size: described(
    v.picklist(SIZE_PROFILES),
    'default never changes behaviour; smallest may, and prints what it traded; debug keeps symbols.',
  ),
  experimental: described(
    v.boolean(),
    "Consent to unstable toolchain features, such as building Rust's std for musl (RUSTC_BOOTSTRAP=1).",
  ),
  ...settingsEntries,
  dependencies: described(
    listOf(dependency, DEPENDENCIES_LIMIT, 'libraries'),
    "Libraries to build, static, for the rung's C library: a name of morsel's table, or an object with sources of your own.",
  ),
  prepare: described(
    commands,
    'A command (a list of words), or several, to run in the source folder before anything else: ["./autogen.sh"].',
  ),
  build: described(
    commands,
    'A command, or several, by which C and C++ is built in place of what its files would say: ["sh", "Build.sh"].',
  ),
  rungs: described(
    v.union([
      listOf(v.picklist(RUNGS), ENTRIES_LIMIT, 'rungs'),
      v.strictObject({
        'static-musl': v.optional(rungSettings),
        'static-glibc': v.optional(rungSettings),
        'static-go': v.optional(rungSettings),
        closure: v.optional(rungSettings),
      } satisfies Record<(typeof RUNGS)[number], unknown>),
    ]),
    'A list: only these rungs. An object: what single rungs add to c, configure, make, cmake, meson, cargo and go.',
  ),
  allowFewerFeatures: described(
    v.boolean(),
    'A lower rung may come out with fewer features than the ordinary build has.',
  ),
  entrypoint: described(strings('words', WORDS_LIMIT), 'Default: the program.'),
  cmd: described(strings('words', WORDS_LIMIT), 'Default arguments.'),
  env: described(stringMap, 'Environment of the image; added to by --env.'),
  user: described(v.string(), 'Numeric UID[:GID], each from 0 to 4294967294; default 65532:65532.'),
  workdir: described(
    v.string(),
    'Absolute, and made for the user where it is not there; default: none, which is /.',
  ),
  programPath: described(
    v.string(),
    'Where the program is put, absolute; default: a ready dynamic program stays at its own path, others go to /NAME.',
  ),
  labels: described(stringMap, 'Of the configuration; added to by --label.'),
  annotations: described(stringMap, 'Of the manifest; added to by --annotation.'),
  expose: described(strings('ports'), 'Ports, such as 8080 or 53/udp.'),
  stopSignal: described(v.string(), 'As docker takes it: SIGINT, SIGRTMIN+3, 15.'),
  volumes: described(
    strings('paths'),
    'Directories whose content is kept outside of the container; made for the user where they are not there.',
  ),
  init: described(
    v.boolean(),
    "A small init of morsel's own is PID 1: signals reach the program, and orphans are waited for.",
  ),
  health: described(
    v.string(),
    'HEALTHCHECK by a small probe: http://:8080/healthz or tcp://:5432, with ,interval=30s,timeout=5s,start-period=0s,retries=3.',
  ),
  stackSize: described(
    v.pipe(v.number(), v.integer(), v.minValue(0)),
    'Bytes of stack for the threads of a program on musl; default 8388608, as glibc gives them.',
  ),
  allocator: described(v.picklist(ALLOCATORS), 'What malloc is in C and C++ programs on musl.'),
  add: described(
    strings('paths'),
    'SRC:DST[:MODE]; SRC is relative to the project and stays in it, DST is absolute, MODE is octal.',
  ),
  timeZone: described(v.string(), 'A zone such as Europe/Berlin: its data is packed and TZ is set.'),
  with: described(
    strings('needs'),
    'Needs whose files are packed, whatever the bytes of the program say: "fonts". docs/reference/needs.md has the names.',
  ),
  without: described(strings('needs'), 'Needs whose files are left out.'),
  ca: described(
    strings('files'),
    'PEM files of authorities that the image is to trust beside the public ones; each lies in the project.',
  ),
  limits: described(
    v.strictObject({
      maxImageBytes: described(size, 'Of the files in the image, uncompressed.'),
      maxFiles: described(size, 'In the image.'),
    }),
    'A larger image is an error: SIZE_EXCEEDED.',
  ),
  /** Validated by `proof/`, which owns the words of a check. */
  checks: described(
    v.pipe(v.array(v.unknown()), v.maxLength(CHECKS_LIMIT, `at most ${CHECKS_LIMIT} checks`)),
    'What the image must do, in the words of container-structure-test; none: it starts, and does not die of it.',
  ),
} satisfies Record<keyof Configuration, v.GenericSchema>);
