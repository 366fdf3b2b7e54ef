import { dirname } from 'node:path/posix';
import type { Volume } from '../sandbox.ts';
import type { Step } from './assemble-program.ts';
import { bindInRoot } from './bind-in-root.ts';
import { makeDirectory, writeFile } from './file-steps.ts';
import type { RootPlan } from './root-steps.ts';
import { AT_FDCWD } from './system-calls.ts';

/** Folders of the run, beside its root: what is written there counts to the same tmpfs, and ends with it. */
export function volumeSteps(
  { scratch, volumes, volumeOwner }: Pick<RootPlan, 'scratch' | 'volumes' | 'volumeOwner'>,
  root: string,
): readonly Step[] {
  if (volumes.length === 0) return [];
  return [
    makeDirectory(`${scratch}/volumes`),
    ...volumes.flatMap((volume, index) => {
      const folder = `${scratch}/volumes/${index}`;
      const { target, readOnly } = volume;
      return [
        ...fillSteps(volume, folder, volumeOwner),
        ...bindInRoot({ source: folder, target, readOnly }, root),
      ];
    }),
  ];
}

function fillSteps({ files, mode }: Volume, folder: string, owner: RootPlan['volumeOwner']): readonly Step[] {
  const names = Object.keys(files).sort();
  const folders = [...new Set(names.flatMap(foldersAbove))].sort();
  const all = [folder, ...[...folders, ...names].map((name) => `${folder}/${name}`)];
  return [
    makeDirectory(folder, mode),
    ...folders.map((name) => makeDirectory(`${folder}/${name}`)),
    ...names.flatMap((name) => writeFile(`${folder}/${name}`, files[name] ?? '')),
    ...(owner === null ? [] : all.map((path) => giveStep(path, owner))),
  ];
}

/** Without the volume itself. */
function foldersAbove(name: string): readonly string[] {
  const above = dirname(name);
  return above === '.' ? [] : [...foldersAbove(above), above];
}

function giveStep(path: string, { uid, gid }: NonNullable<RootPlan['volumeOwner']>): Step {
  return { name: `owner of ${path}`, call: 'fchownat', args: [AT_FDCWD, path, uid, gid, 0] };
}
