// The time until a type error is told, beside the compiler's own: `node bench/type-error/run.mjs [ROUNDS] [LANGUAGE...]`.
// Each program is large enough that its compiler, not a process's start, takes the time; the error stands at its end.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../dist/cli.cjs');
const [rounds = '7', ...chosen] = process.argv.slice(2);
const FUNCTIONS = 3_000;

/** @param {(index: number) => string} line */
const many = (line) => Array.from({ length: FUNCTIONS }, (_, index) => line(index)).join('\n');

const PROGRAMS = {
  c: {
    files: {
      'main.c': `struct s { int a; };\n${many((n) => `int f${n}(int x) { int y = x * ${n}; for (int i = 0; i < x; i++) y += i ^ ${n}; return y; }`)}\nint main(void) { struct s v = {1}; int x = v; return x; }\n`,
    },
    compiler: ['gcc', '-O2', 'main.c', '-o', 'app'],
  },
  'c++': {
    files: {
      'main.cpp': `#include <algorithm>\n#include <iostream>\n#include <map>\n#include <regex>\n#include <string>\n${many((n) => `int f${n}(int x) { std::string s = std::to_string(x); return s.size() + ${n}; }`)}\nint main() { std::string s = "a"; int x = s; return x; }\n`,
    },
    compiler: ['g++', '-O2', 'main.cpp', '-o', 'app'],
  },
  rust: {
    files: {
      'Cargo.toml': '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
      'src/main.rs': `${many((n) => `pub fn f${n}(x: u64) -> u64 { let v: Vec<u64> = (0..x).map(|i| i ^ ${n}).collect(); v.iter().sum() }`)}\nfn main() { let x: i32 = "a"; println!("{x}"); }\n`,
    },
    compiler: ['cargo', 'build', '--release'],
  },
  go: {
    files: {
      'go.mod': 'module example.com/app\n\ngo 1.19\n',
      'main.go': `package main\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n\n${many((n) => `func f${n}(x int) int {\n\ty := x * ${n}\n\tfor i := 0; i < x; i++ {\n\t\ty += i ^ ${n}\n\t}\n\treturn y\n}`)}\n\nfunc main() {\n\tvar x int = "a"\n\tfmt.Println(x, http.StatusOK)\n}\n`,
    },
    compiler: ['go', 'build', '-o', 'app', '.'],
  },
};

/**
 * Wall time in milliseconds, of a command that has to fail.
 * @param {readonly string[]} command
 * @param {string} cwd
 */
function run([program = '', ...args], cwd) {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const started = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  if (status === 0 || !/error|cannot use/.test(stderr))
    throw new Error(`${program} found no error: ${stderr}`);
  return performance.now() - started;
}

/** @param {readonly number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const root = mkdtempSync(join(tmpdir(), 'morsel-type-error-'));
try {
  for (const [language, { files, compiler }] of Object.entries(PROGRAMS)) {
    if (chosen.length > 0 && !chosen.includes(language)) continue;
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(root, language, name, '..'), { recursive: true });
      writeFileSync(join(root, language, name), text);
    }
    const cwd = join(root, language);
    const commands = { compiler, morsel: [process.execPath, CLI, 'build', '-o', join(root, 'app.tar')] };
    /** @type {{ compiler: number[], morsel: number[] }} */
    const times = { compiler: [], morsel: [] };
    for (let round = -1; round < Number(rounds); round++) {
      /** @type {('compiler' | 'morsel')[]} */
      const order = Math.random() < 0.5 ? ['compiler', 'morsel'] : ['morsel', 'compiler'];
      for (const side of order) {
        const wallMs = run(commands[side], cwd);
        if (round >= 0) times[side].push(wallMs);
      }
    }
    const [own, ours] = [median(times.compiler), median(times.morsel)];
    const ratio = median(times.morsel.map((time, index) => time / (times.compiler[index] ?? 0)));
    console.log(
      `${language}: ${compiler[0]} ${own.toFixed(0)} ms, morsel ${ours.toFixed(0)} ms, ${ratio.toFixed(2)} x`,
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
