import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryTree, type FileTree } from '../../rootfs/index.ts';
import { fulfilledNeeds, type Need, type NeedKey, NEED_FAMILIES, supplyNeeds } from '../index.ts';
import type { NeedFamily } from '../need-family.ts';

const FAMILIES: readonly NeedFamily<NeedKey>[] = NEED_FAMILIES;

describe('the registry of needs', () => {
  it('has every file of this folder, by the name of its need', () => {
    const files = readdirSync(import.meta.dirname).filter(
      (name) => name !== 'index.ts' && !name.endsWith('.test.ts'),
    );
    const names = FAMILIES.map(({ need }) => `${need.replaceAll('_', '-')}.ts`);
    expect(names.sort()).toEqual(files.sort());
  });

  it('does not compile with a name that no family has', () => {
    const known: NeedKey = 'magic';
    // @ts-expect-error no family is called so
    const misspelt: NeedKey = 'magick';
    // @ts-expect-error nor is a finding
    const need: Pick<Need, 'need'> = { need: 'ca-certificate' };
    expect([known, misspelt, need.need]).toHaveLength(3);
  });

  it('says what it brings, where it brings files', () => {
    for (const { need, supply, brings, signatures, judges } of FAMILIES) {
      expect(brings !== undefined, need).toBe(supply !== undefined);
      expect(signatures.length > 0 || judges !== undefined, need).toBe(true);
    }
  });

  it('leaves to the user what nobody supplies', () => {
    for (const { need, supply, forTheUser } of FAMILIES)
      expect([supply, forTheUser], need).toContain(undefined);
  });
});

const made = mkdtempSync(join(tmpdir(), 'morsel-families-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));

/** A tree with one file. */
function treeWith(path: string): FileTree {
  const root = mkdtempSync(join(made, 'root-'));
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), 'x');
  return directoryTree(root);
}

const PLACES = FAMILIES.flatMap((family) =>
  (family.places?.({}) ?? []).map((path) => ({ need: family.need, path, family })),
);

describe('a place of a need', () => {
  it.each(PLACES)('$path fulfils $need, and explain does not miss it', ({ need, path, family }) => {
    const tree = treeWith(path);
    expect(fulfilledNeeds(tree)).toEqual([need]);
    const image = { tree, env: {}, user: { text: '', uid: 0 }, program: null, cwd: '/', said: {} };
    expect(family.causes?.[0]?.check?.(image).kind).not.toBe('confirmed');
  });

  it.each(PLACES.filter(({ need }) => /^(ca-certificates|terminfo|magic|services)$/.test(need)))(
    '$path is where $need is taken from',
    ({ need, path }) => {
      const found: Need = { need, level: 'likely', evidence: 'e', failure: 'f', fix: 'x' };
      const { entries, findings } = supplyNeeds([found], { host: treeWith(path), dynamic: true });
      expect(findings).toEqual([]);
      expect(entries.map(({ reason }) => reason)).toEqual([`${need}: e; from ${path} of the build machine`]);
    },
  );
});
