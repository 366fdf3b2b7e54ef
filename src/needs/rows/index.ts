import type { NeedRow } from '../need-row.ts';
import { certificatesRows } from './certificates.ts';
import { dataFilesRows } from './data-files.ts';
import { dlopenRows } from './dlopen.ts';
import { libcTrapsRows } from './libc-traps.ts';
import { localeRows } from './locale.ts';
import { nameResolutionRows } from './name-resolution.ts';
import { opensslRows } from './openssl.ts';
import { processRows } from './process.ts';
import { shellAndProgramsRows } from './shell-and-programs.ts';
import { temporaryFilesRows } from './temporary-files.ts';
import { terminalRows } from './terminal.ts';
import { timeZonesRows } from './time-zones.ts';
import { usersRows } from './users.ts';

export const NEED_ROWS: readonly NeedRow[] = [
  ...usersRows,
  ...nameResolutionRows,
  ...certificatesRows,
  ...opensslRows,
  ...timeZonesRows,
  ...localeRows,
  ...temporaryFilesRows,
  ...dlopenRows,
  ...shellAndProgramsRows,
  ...terminalRows,
  ...dataFilesRows,
  ...processRows,
  ...libcTrapsRows,
];
