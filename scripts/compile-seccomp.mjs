/**
 * Compiles src/sandbox/seccomp/policy.ts with libseccomp (Debian: libseccomp-dev, gcc) and writes filters.ts beside it,
 * and the table of call numbers that the tests read. To be run when the policy has changed; the result is committed.
 *
 *   node scripts/compile-seccomp.mjs
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { isMain, ROOT, run, say } from './run.mjs';
import { newCallsPrologue } from './seccomp-prologue.mjs';

const POLICY = join(ROOT, 'src/sandbox/seccomp/policy.ts');
const FILTERS = join(ROOT, 'src/sandbox/seccomp/filters.ts');
const NUMBERS = join(ROOT, 'test/differential/seccomp-numbers.json');

/** A machine with the ABIs that its kernel takes calls of (docker's archMap), in libseccomp's names. */
const ABIS = /** @type {const} */ ({ x86_64: ['x86_64', 'x86', 'x32'], aarch64: ['aarch64', 'arm'] });
const MACHINES = /** @type {const} */ (['x86_64', 'aarch64']);
const VARIANTS = /** @type {const} */ (['no-network', 'network']);

/** @typedef {typeof import('../src/sandbox/seccomp/policy.ts')} Policy */
/** @typedef {typeof MACHINES[number]} Machine */
/** @typedef {typeof VARIANTS[number]} Variant */
/** @typedef {{ version: string, filters: Record<Machine, Record<Variant, Buffer>>, numbers: Record<string, Record<string, number>> }} Compiled */

/** Node of the oldest supported version cannot import TypeScript by itself. @returns {Promise<Policy>} */
export async function loadPolicy() {
  const { build } = await import('esbuild');
  const built = await build({ entryPoints: [POLICY], bundle: true, write: false, format: 'esm' });
  const [file] = built.outputFiles;
  return await import(`data:text/javascript;base64,${Buffer.from(file?.contents ?? []).toString('base64')}`);
}

/** @param {Policy} policy @returns {Compiled} */
export function compileFilters(policy) {
  mkdirSync(join(ROOT, '.work'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.work/seccomp-'));
  try {
    const tool = join(folder, 'compile-seccomp');
    const built = run('gcc', [
      '-Wall',
      '-O1',
      '-o',
      tool,
      join(ROOT, 'scripts/compile-seccomp.c'),
      '-lseccomp',
    ]);
    if (!built.ok)
      throw new Error(`scripts/compile-seccomp.c needs gcc and libseccomp-dev:\n${built.stderr}`);
    const version = runCompiler(tool, ['version'], '').toString('utf8').trim();
    /** @param {Machine} machine */
    const both = (machine) => {
      const [closed, open] = VARIANTS.map((variant) => compileFilter(tool, policy, machine, variant));
      return /** @type {Record<Variant, Buffer>} */ ({ 'no-network': closed, network: open });
    };
    const filters = { x86_64: both('x86_64'), aarch64: both('aarch64') };
    return { version, filters, numbers: callNumbers(tool) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} tool @param {Policy} policy @param {Machine} machine @param {Variant} variant */
function compileFilter(tool, policy, machine, variant) {
  // libseccomp adds i386's socketcall to each rule for a call on sockets, but not over a rule that has no condition.
  const rules = policy.seccompRules(machine, variant);
  const lines = [
    ...rules.filter(({ anyOf }) => anyOf === undefined),
    ...rules.filter(({ anyOf }) => anyOf),
  ].flatMap(({ names, errno = 0, anyOf }) =>
    names.flatMap((name) => (anyOf ?? [undefined]).map((test) => ruleLine(name, errno, test))),
  );
  const args = [String(policy.DEFAULT_ERRNO.unnamed), ...ABIS[machine]];
  return Buffer.concat([newCallsPrologue(policy, machine), runCompiler(tool, args, lines.join(''))]);
}

/** @param {string} name @param {number} errno @param {import('../src/sandbox/seccomp/policy.ts').ArgumentTest | undefined} test */
function ruleLine(name, errno, test) {
  const condition =
    test === undefined ? '' : ` ${test.argument} ${test.mask.toString(16)} ${test.value.toString(16)}`;
  return `${name} ${errno}${condition}\n`;
}

/** @param {string} tool @param {readonly string[]} args @param {string} input */
function runCompiler(tool, args, input) {
  const done = spawnSync(tool, args, { input, maxBuffer: 1024 * 1024 });
  if (done.status !== 0)
    throw new Error(`compile-seccomp ${args.join(' ')}: ${done.stderr.toString('utf8')}`);
  return done.stdout;
}

/** Each ABI's names with their numbers. @param {string} tool */
function callNumbers(tool) {
  const tables = Object.values(ABIS)
    .flat()
    .map((abi) => {
      const lines = runCompiler(tool, ['numbers', abi], '').toString('utf8').trim().split('\n');
      const calls = lines.map((line) => /** @type {[string, string]} */ (line.split(' ')));
      // libseccomp also answers for x32's names without x32's bit.
      const own = calls.filter(([number]) => abi !== 'x32' || Number(number) >= 0x4000_0000);
      return [abi, Object.fromEntries(own.map(([number, name]) => [name, Number(number)]))];
    });
  return Object.fromEntries(tables);
}

/** @param {Compiled} compiled @param {string} digest of the policy */
function filtersModule({ version, filters }, digest) {
  const entries = MACHINES.map((machine) => {
    const variants = VARIANTS.map((variant) => {
      const bytes = filters[machine][variant];
      return `    // ${bytes.length / 8} instructions\n    ${JSON.stringify(variant)}: '${deflateRawSync(bytes, { level: 9 }).toString('base64')}',`;
    });
    return `  ${machine}: {\n${variants.join('\n')}\n  },`;
  });
  return `/**
 * Generated by scripts/compile-seccomp.mjs with libseccomp ${version} from policy.ts; not to be edited.
 * sha256 of the policy's text: ${digest}
 * Each is an array of struct sock_filter (linux/filter.h), raw DEFLATE, base64.
 */
import type { SeccompVariant } from './policy.ts';
import type { SandboxMachine } from '../sandbox-machine.ts';

export const SECCOMP_FILTERS: Readonly<Record<SandboxMachine, Readonly<Record<SeccompVariant, string>>>> = {
${entries.join('\n')}
};
`;
}

/** What decides about the bytes, without comments. @param {Policy} policy */
export function policyDigest(policy) {
  const rules = MACHINES.flatMap((machine) =>
    VARIANTS.map((variant) => policy.seccompRules(machine, variant)),
  );
  const all = [rules, policy.NUMBERED_CALLS, policy.DEFAULT_ERRNO];
  const text = JSON.stringify(all, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value));
  return createHash('sha256').update(text).digest('hex');
}

if (isMain(import.meta)) {
  const policy = await loadPolicy();
  const compiled = compileFilters(policy);
  writeFileSync(FILTERS, filtersModule(compiled, policyDigest(policy)));
  writeFileSync(NUMBERS, JSON.stringify(compiled.numbers));
  const formatted = run(join(ROOT, 'node_modules/.bin/prettier'), ['--write', FILTERS, NUMBERS]);
  if (!formatted.ok) throw new Error(formatted.stderr);
  for (const machine of MACHINES) {
    for (const variant of VARIANTS) {
      say(`${machine} ${variant}: ${compiled.filters[machine][variant].length / 8} instructions`);
    }
  }
}
