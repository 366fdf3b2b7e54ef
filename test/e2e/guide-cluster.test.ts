import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BUILD_LIMIT_MS, cleanEnvironment, CLI, ROOT } from '../built-cli.ts';
import { type RealRegistry, startDockerRegistry } from '../docker-registry.ts';
import { hasTool } from '../reference-tools.ts';
import { runTool } from '../run-tool.ts';

/**
 * docs/guide/from-source-to-cluster.md as it stands, by one shell, against Debian's docker-registry. Where the page has a
 * cluster, a script that is called kubectl keeps what it is given, and answers as the page has it.
 */
const PAGE = readFileSync(join(ROOT, 'docs/guide/from-source-to-cluster.md'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'morsel-guide-cluster-'));
const bin = join(work, 'bin');
for (const name of ['aarch64', 'riscv64']) hasTool(`qemu-${name}-static`);
let registry: RealRegistry;

beforeAll(async () => {
  registry = await startDockerRegistry();
  mkdirSync(bin);
  program('morsel', `exec "${process.execPath}" "${CLI}" "$@"`);
  program(
    'kubectl',
    `echo "$@" > ${work}/words; cat > ${work}/applied.yaml; echo deployment.apps/web created`,
  );
});
afterAll(() => {
  registry?.stop();
  rmSync(work, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
}

interface Step {
  readonly script: string;
  /** What the page says that it prints; null: it says nothing of it. */
  readonly printed: string | null;
}

/** Scripts whole, transcripts by their commands. */
function stepsOf(page: string): readonly Step[] {
  return [...page.matchAll(/^```(sh|console)\n([^]*?)^```$/gm)].flatMap(
    ([, language, block = '']): readonly Step[] => {
      if (language === 'sh') return [{ script: block, printed: null }];
      return block.split(/^\$ /m).flatMap((step) => {
        const [script = '', ...printed] = step.split('\n');
        return script === '' ? [] : [{ script, printed: printed.join('\n') }];
      });
    },
  );
}

const MARK = '-- end of step --';

it.skipIf(!hasTool('go') || process.arch !== 'x64')(
  'the guide from source to cluster prints what it says',
  async () => {
    const steps = stepsOf(PAGE.replaceAll('localhost:5000', registry.host));
    const script = steps.map((step) => `${step.script}\necho "${MARK} $?"\n`).join('');
    const { PATH = '' } = cleanEnvironment();
    const env = { ...cleanEnvironment(), PATH: `${bin}:${PATH}` };
    const { stdout, stderr } = await runTool('bash', ['-c', script], {
      cwd: work,
      env,
      timeoutMs: BUILD_LIMIT_MS,
    });
    const printed = stdout.split(new RegExp(`^${MARK} \\d+\\n`, 'm')).slice(0, -1);
    expect(printed, stderr).toHaveLength(steps.length);
    for (const [index, step] of steps.entries()) {
      if (step.printed === null || step.printed === '…\n') continue;
      const told = (printed[index] ?? '').replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:…');
      expect(told, `${step.script}\n${stderr}`).toBe(step.printed);
    }
    const exits = [...stdout.matchAll(new RegExp(`^${MARK} (\\d+)$`, 'gm'))].map(([, code]) => code);
    const failed = steps.filter((_, index) => exits[index] !== '0').map((step) => step.script);
    expect(failed, stderr).toEqual(['diff k8s/web.yaml resolved.yaml']);
    expect(readFileSync(join(work, 'words'), 'utf8')).toBe('apply -f - --namespace team\n');
    expect(readFileSync(join(work, 'applied.yaml'), 'utf8')).toBe(
      readFileSync(join(work, 'resolved.yaml'), 'utf8'),
    );
    const digest = /@(sha256:[0-9a-f]{64})/.exec(readFileSync(join(work, 'applied.yaml'), 'utf8'))?.[1];
    expect(stdout).toContain(`/team/web:1@${digest}`);
  },
  BUILD_LIMIT_MS,
);
