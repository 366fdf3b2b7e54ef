import { join } from 'node:path';
import type { PlannedFile } from '../plan.ts';
import type { CBuild } from './c-build.ts';

/** Packages of headers alone are shown to a build for musl, which sees nothing else of this machine's libraries. */
function isShown({ toolchain, tools }: CBuild): boolean {
  return toolchain.libc === 'musl' && toolchain.isStatic && (tools.c.headerPackages ?? []).length > 0;
}

/** Links below the sysroot: as if they were installed beside musl. */
export function headerPackageFiles(build: CBuild): readonly PlannedFile[] {
  if (!isShown(build)) return [];
  const { sysroot } = build.layout;
  const links = (folder: string, from: string, names: readonly string[]): readonly PlannedFile[] =>
    names.map((name) => ({
      path: join(sysroot, folder, name),
      content: { kind: 'symlink', target: join(from, name) },
    }));
  return (build.tools.c.headerPackages ?? []).flatMap(({ headers, cmake, modules }) => [
    ...links('include', '/usr/include', headers),
    ...links('share/cmake', '/usr/share/cmake', cmake),
    ...links('share/pkgconfig', '/usr/share/pkgconfig', modules),
  ]);
}

/** Behind musl's own headers; their path must not get into the program. */
export function headerPackageFlags(build: CBuild): readonly string[] {
  if (!isShown(build)) return [];
  const folder = join(build.layout.sysroot, 'include');
  return ['-idirafter', folder, `-ffile-prefix-map=${folder}=/usr/include`];
}

/** For pkg-config. */
export function headerPackageModules(build: CBuild): readonly string[] {
  return isShown(build) ? [join(build.layout.sysroot, 'share/pkgconfig')] : [];
}
