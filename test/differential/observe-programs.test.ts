import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../src/observe/index.ts';
import { decodeName, encodeName } from '../../src/tar/index.ts';
import { usesOf } from '../observe-lines.ts';
import { hasTool, toolPath } from '../reference-tools.ts';
import { StraceLab } from './strace-lab.ts';

const lab = new StraceLab();
afterAll(() => lab.remove());

/** What ends with a process, and what a run makes and removes. */
const PASSING = ['/proc', '/dev', lab.dir];
const isPassing = (path: string): boolean =>
  PASSING.some((folder) => path === folder || path.startsWith(`${folder}/`));

/** The file system is the oracle: what was found is there, what was missed is not. */
function expectTrue({ found, missed }: Observation): void {
  const wrong = [...found]
    .filter(([path, use]) => !use.isWritten && !isPassing(path))
    .flatMap(([path]) => (isThere(path) ? [] : [`found, and not there: ${path}`]));
  const there = [...missed].filter((path) => !isPassing(path) && !found.has(path) && isThere(path));
  expect([...wrong, ...there.map((path) => `missed, and there: ${path}`)]).toEqual([]);
}

function isThere(path: string): boolean {
  return statSync(encodeName(path), { throwIfNoEntry: false }) !== undefined || isLink(path);
}

function isLink(path: string): boolean {
  return (
    execFileSync('sh', ['-c', 'test -L "$1" && echo link || true', 'sh', path], { encoding: 'utf8' }) !== ''
  );
}

const tool = (name: string): string => toolPath(name) ?? name;

/** Jobs of real programs, each with files that it cannot do without. */
const JOBS: readonly { readonly argv: readonly [string, ...string[]]; readonly reads: readonly string[] }[] =
  [
    {
      argv: [tool('sh'), '-c', 'cat /etc/passwd | sort | grep -q root; cd /etc && test -e group'],
      reads: ['/etc/passwd'],
    },
    { argv: [tool('perl'), '-MPOSIX', '-MData::Dumper', '-e', 'print strftime("%Y", gmtime)'], reads: [] },
    { argv: [tool('find'), '/etc/apt', '-name', '*.list', '-newer', '/etc/passwd'], reads: [] },
    { argv: [tool('tar'), '-cf', '/dev/null', '-C', '/etc', 'apt', 'passwd'], reads: ['/etc/passwd'] },
    {
      argv: [tool('gcc'), '-x', 'c', '-o', 'a.out', '/dev/null', '-Wl,--entry=0', '-nostartfiles'],
      reads: [],
    },
    { argv: [tool('git'), 'init', '-q', 'repository'], reads: [] },
    { argv: [tool('ls'), '-lR', '/etc/apt'], reads: ['/etc/passwd'] },
    {
      argv: [
        tool('python3'),
        '-c',
        'import json, ssl, sqlite3, subprocess as s; s.run(["true"]); s.run("cd /etc; ls", shell=True)',
      ],
      reads: [],
    },
    {
      argv: [tool('find'), '/usr/share/doc', '-maxdepth', '2', '-execdir', 'true', '{}', ';', '-quit'],
      reads: [],
    },
  ];

describe.skipIf(!hasTool('strace'))('what a program was seen to use', () => {
  it.each(JOBS.filter(({ argv }) => hasTool(argv[0].split('/').at(-1) ?? '')))(
    'is so: $argv',
    async ({ argv, reads }) => {
      const { observation } = await lab.observe(argv);
      expect(observation).toMatchObject({ started: true, gaps: [] });
      expect(observation.found.size).toBeGreaterThan(5);
      expectTrue(observation);
      for (const path of reads) expect([path, observation.found.get(path)?.isRead]).toEqual([path, true]);
    },
  );

  it.skipIf(!hasTool('python3'))(
    'is all that python mapped and imported, and the directories that it listed',
    async () => {
      const source = `
import json, ssl, sqlite3, sys
print(json.dumps([[m.__cached__ for m in sys.modules.values() if getattr(m, '__cached__', None)],
  [l.split()[-1] for l in open('/proc/self/maps') if '/lib' in l and ' r-xp ' in l], sys.path]))`;
      const { observation, output } = await lab.observe([tool('python3'), '-B', '-c', source]);
      const [modules, maps, folders] = JSON.parse(output) as readonly (readonly string[])[];
      const known = (path: string): boolean =>
        observation.found.get(path)?.isRead === true ||
        observation.found.get(path.replace(/__pycache__\/([^.]+)\..*$/, '$1.py'))?.isRead === true;
      // The kernel opens the loader by itself: no trace has that.
      const mapped = (maps ?? []).filter((path) => !path.includes('/ld-linux'));
      expect([...(modules ?? []), ...mapped].filter((path) => !known(path))).toEqual([]);
      expect(mapped.length).toBeGreaterThan(3);
      const listed = (folders ?? []).filter((path) => observation.found.get(path)?.isListed === true);
      expect(listed.length).toBeGreaterThan(0);
      expectTrue(observation);
    },
  );

  it.skipIf(!hasTool('git'))('is what git reads to clone and to tell', async () => {
    const git = (...words: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...words], {
        cwd: lab.path('origin'),
      });
    mkdirSync(lab.path('origin'));
    writeFileSync(lab.path('origin/file'), 'content');
    git('init', '-q');
    git('add', 'file');
    git('commit', '-qm', 'one');
    const clone = await lab.observe([tool('git'), 'clone', '-q', `file://${lab.path('origin')}`, 'copy']);
    expect(clone.observation.gaps).toEqual([]);
    expectTrue(clone.observation);
    expect(usesOf(clone.observation)).toMatchObject({
      [lab.path('origin/.git/HEAD')]: expect.stringContaining('read'),
      [lab.path('copy/file')]: expect.stringContaining('written'),
    });
    const log = await lab.observe([tool('git'), 'log', '-p'], { cwd: lab.path('copy') });
    expect(log.output).toContain('content');
    // git names its own folder from where it is, with calls that have no descriptor.
    expect(usesOf(log.observation)[lab.path('copy/.git/HEAD')]).toContain('read');
    expect(usesOf(log.observation)[lab.path('copy/.git/objects')]).toBeDefined();
    expect(log.observation.gaps).toEqual([]);
  });

  it.skipIf(!hasTool('python3'))('has names of any bytes', async () => {
    const names = [
      'a\nb',
      'q"q',
      'b\\s',
      'x <unfinished ...>',
      'x>y<z',
      '= 3',
      ') = -1 ENOENT (No such file or directory)',
      'c,d',
      'x (deleted)',
      '\u0001' + '1',
      '\u007F',
      'é',
      '\uDCFF\uDCFE1',
    ];
    const source = `
import os
for name in [bytes.fromhex(n) for n in "${names.map((name) => encodeName(name).toString('hex')).join(' ')}".split()]:
    os.mkdir(name); os.chdir(name); os.close(os.open(name, os.O_CREAT | os.O_RDWR)); os.access(name, 0)
    os.access(name + b'-not', 0); there = os.open('.', 0); os.stat(name, dir_fd=there); os.listdir(there); os.chdir('..')
`;
    mkdirSync(lab.path('names'));
    const { observation } = await lab.observe([tool('python3'), '-c', source], { cwd: lab.path('names') });
    const uses = usesOf(observation);
    for (const name of names) {
      const path = `${lab.path('names')}/${name}`;
      expect([path, uses[path]]).toEqual([path, 'read written listed statted']);
      expect([path, uses[`${path}/${name}`]]).toEqual([path, 'read written statted']);
      expect(observation.missed).toContain(`${path}/${name}-not`);
    }
    expect(observation.gaps).toEqual([]);
    expect(decodeName(encodeName(names.at(-1) ?? ''))).toBe(names.at(-1));
  });
});
