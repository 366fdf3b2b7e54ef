import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileStatic } from '../compile-static.ts';
import { compileKeeper } from '../keeper-program.ts';
import { compileAttack } from './attack-program.ts';
import { type Attempt, type Ingredients, makeAttempt } from './attempts.ts';
import { type Equipment, type Lane, openLane, type Outcome } from './lane.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Numbers of the attempts: those from `first`, or `only` one. */
  readonly first: number;
  readonly count: number;
  /** Only those of this kind. */
  readonly kind?: string | undefined;
  readonly lanes: number;
  readonly cli: string;
  readonly worker: string;
  /** Where finds are written. */
  readonly finds: string;
  readonly sandboxes: readonly string[];
  readonly say: (line: string) => void;
}

export interface Find {
  readonly seed: number;
  readonly index: number;
  readonly kind: string;
  readonly what: readonly string[];
  readonly problems: readonly string[];
}

export interface CampaignResult {
  readonly finds: readonly Find[];
  /** How many attempts of each kind, and what came of them: an attempt that reaches nothing finds nothing. */
  readonly reached: ReadonlyMap<string, number>;
  readonly peakBytes: number;
}

/** The same words as the keeper's key; attack-program.ts knows them backwards. */
const SECRET = 'only-this-machine-knows-it';
const ORDINARY_UID = 65534;
const REPORT_EVERY = 100;
const HELLO = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n';

/**
 * Performs attempts, some at a time. What looks wrong is tried again alone, after all others, because memory and time are
 * shared with the neighbours: it is a find when it is wrong again, and a change of the machine is one in any case.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const folder = mkdtempSync(join(tmpdir(), 'morsel-hostile-'));
  chmodSync(folder, 0o755);
  const equipment = equip(folder, options);
  const reached = new Map<string, number>();
  const suspects: number[] = [];
  const seen = new Map<number, Outcome>();
  let [next, performed, peakBytes] = [options.first, 0, 0];
  const lanes = Array.from({ length: options.lanes }, (_, at) =>
    openLane(join(folder, `lane-${at}`), equipment),
  );
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        while (next < options.first + options.count) {
          const index = (next += 1) - 1;
          const attempt = makeAttempt(options.seed, index, ingredientsOf(folder, lane, options));
          if (options.kind !== undefined && attempt.kind !== options.kind) continue;
          const outcome = await lane.perform(attempt);
          for (const one of outcome.outcomes) count(reached, `${attempt.kind}: ${one}`);
          peakBytes = Math.max(peakBytes, outcome.peakBytes);
          if (outcome.problems.length > 0) {
            suspects.push(index);
            seen.set(index, outcome);
            options.say(`suspect: --only ${index}: ${outcome.problems[0]?.slice(0, 200)}`);
          }
          performed += 1;
          if (performed % REPORT_EVERY === 0)
            options.say(`${performed} tries, ${suspects.length} to be tried again`);
        }
      }),
    );
    for (const lane of lanes) lane.close();
    const finds: Find[] = [];
    for (const index of suspects.sort((a, b) => a - b)) {
      // A process of its own: one that has read hundreds of images has a heap that has grown with them.
      const lane = openLane(join(folder, `again-${index}`), equipment);
      lanes.push(lane);
      const attempt = makeAttempt(options.seed, index, ingredientsOf(folder, lane, options));
      const again = await lane.perform(attempt);
      const serious = (seen.get(index)?.problems ?? []).filter(isCertain);
      const problems = [
        ...new Set(
          [...serious, ...again.problems].map((one) => one.replaceAll(/\S*\/(?:lane|again)-\d+/g, '…')),
        ),
      ];
      if (problems.length > 0)
        finds.push(
          keepFind(
            { seed: options.seed, index, kind: attempt.kind, what: wordsOf(attempt), problems },
            attempt,
            options,
          ),
        );
    }
    return { finds, reached, peakBytes };
  } finally {
    for (const lane of lanes) lane.close();
    execFileSync('rm', ['-rf', folder]);
  }
}

/** What load cannot cause. */
function isCertain(problem: string): boolean {
  return !/^(time|memory|left: process)/.test(problem);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function wordsOf(attempt: Attempt): readonly string[] {
  return attempt.way === 'read'
    ? [...attempt.reads, attempt.path]
    : [...attempt.argv, `as ${attempt.user} user`];
}

function equip(folder: string, options: CampaignOptions): Equipment {
  compileAttack(join(folder, 'attack'));
  compileStatic(HELLO, join(folder, 'hello'));
  // As another user can start them: this Node and this checkout may lie in a folder of root's.
  cpSync(options.cli, join(folder, 'cli.cjs'));
  cpSync(join(dirname(options.cli), 'cli'), join(folder, 'cli'), { recursive: true });
  cpSync(process.execPath, join(folder, 'node'));
  return {
    keeper: compileKeeper(folder),
    cli: {
      this: [process.execPath, options.cli],
      ordinary: [join(folder, 'node'), join(folder, 'cli.cjs')],
    },
    worker: options.worker,
    secret: SECRET,
    ordinaryUid: ORDINARY_UID,
  };
}

function ingredientsOf(folder: string, lane: Lane, { sandboxes }: CampaignOptions): Ingredients {
  return {
    victim: lane.victim,
    hello: readOnce(join(folder, 'hello')),
    attack: readOnce(join(folder, 'attack')),
    sandboxes,
    hasOrdinaryUser: process.getuid?.() === 0,
  };
}

const read = new Map<string, Buffer>();
function readOnce(path: string): Buffer {
  const bytes = read.get(path) ?? readFileSync(path);
  read.set(path, bytes);
  return bytes;
}

/** `SEED-INDEX.json` says what was wrong; the input itself is made again by `--seed SEED --only INDEX --keep`. */
function keepFind(find: Find, attempt: Attempt, options: CampaignOptions): Find {
  if (!existsSync(options.finds)) mkdirSync(options.finds, { recursive: true });
  const small = [...attempt.files].map(([name, file]) => ({
    name,
    file: Buffer.isBuffer(file)
      ? file.length < 100_000
        ? { base64: file.toString('base64') }
        : { sizeBytes: file.length }
      : file,
  }));
  const path = join(options.finds, `${find.seed}-${find.index}.json`);
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify({ ...find, files: small }, null, 1)}\n`);
  options.say(`find: --seed ${find.seed} --only ${find.index} (${find.kind}: ${find.what.join(' ')})`);
  for (const problem of find.problems) options.say(`  ${problem.slice(0, 400)}`);
  return find;
}
