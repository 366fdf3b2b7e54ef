import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cleanEnvironment, compilerCaches } from '../built-cli.ts';
import { expectedNothing, listBelow } from '../left-behind.ts';

/** A folder for each case of a test, of which afterwards every part can be shown to be empty. */
export class CaseFolder {
  readonly base = mkdtempSync(join(tmpdir(), 'morsel-case-'));
  #number = 0;

  get work(): string {
    return join(this.base, `case-${this.#number}`);
  }

  /** Where `-o` writes. */
  get output(): string {
    return join(this.work, 'output');
  }

  /** TMPDIR. */
  get temporary(): string {
    return join(this.work, 'tmp');
  }

  next(): void {
    this.#number += 1;
    for (const folder of [this.output, this.temporary, join(this.work, 'home')])
      mkdirSync(folder, { recursive: true });
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  environment(): Record<string, string> {
    const HOME = join(this.work, 'home');
    return cleanEnvironment({ HOME, TMPDIR: this.temporary, ...compilerCaches() });
  }

  write(name: string, content: string | Uint8Array, mode = 0o755): string {
    const path = join(this.work, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  /** A project of one C file with its checks. */
  cProject(source: string, checks: readonly object[] = []): string {
    this.write('project/main.c', source, 0o644);
    this.write('project/morsel.json', JSON.stringify({ name: 'bad', checks }), 0o644);
    return join(this.work, 'project');
  }

  /** No output, no temporary file, no process and no mount. */
  async expectNothingLeft(): Promise<void> {
    expect(listBelow(this.output)).toEqual([]);
    expect(listBelow(this.temporary)).toEqual([]);
    expect(await expectedNothing(this.work)).toEqual({ processes: [], mounts: [] });
  }
}
