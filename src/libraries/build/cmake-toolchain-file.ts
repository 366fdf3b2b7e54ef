import { join } from 'node:path';
import { type CToolchain, processorOf } from '../../toolchain/index.ts';
import type { LibraryFolders } from './build-folders.ts';

/** CMake finds what the library needs, and nothing of this machine but programs. Pure. */
export function cmakeToolchainFile(toolchain: CToolchain, { bin, sysroot }: LibraryFolders): string {
  const tool = (name: string): string => join(bin, `${toolchain.triple}-${name}`);
  return [
    'set(CMAKE_SYSTEM_NAME Linux)',
    `set(CMAKE_SYSTEM_PROCESSOR ${processorOf(toolchain)})`,
    `set(CMAKE_C_COMPILER "${tool('gcc')}")`,
    `set(CMAKE_CXX_COMPILER "${tool('g++')}")`,
    `set(CMAKE_AR "${tool('ar')}" CACHE FILEPATH "")`,
    `set(CMAKE_RANLIB "${tool('ranlib')}" CACHE FILEPATH "")`,
    `set(CMAKE_FIND_ROOT_PATH "${sysroot}")`,
    'set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)',
    'set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)',
    'set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)',
    'set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)',
    '',
  ].join('\n');
}
