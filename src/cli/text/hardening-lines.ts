import type { FileReport } from '../../index.ts';
import { formatBytes } from './format-size.ts';
import { formatTable } from './table.ts';
import { type Text, text } from './text.ts';

type Hardening = NonNullable<FileReport['hardening']>;
type Answer = Hardening['nx'];

const PIE = { yes: 'PIE enabled', no: 'No PIE', library: 'DSO' } as const;
const RELRO = { full: 'Full RELRO', partial: 'Partial RELRO', none: 'No RELRO' } as const;

/** In the words of checksec(7). */
export function hardeningLines({ hardening }: FileReport): readonly Text[] {
  if (hardening === null) return [];
  const { pie, relro, nx, canary, fortify } = hardening;
  const rows = [
    ['PIE', PIE[pie], ''],
    ['RELRO', RELRO[relro], ''],
    answerRow('NX', nx, 'NX enabled', 'NX disabled'),
    answerRow('stack canary', canary, 'Canary found', 'No canary found'),
    answerRow('FORTIFY', fortify, 'Yes', 'No'),
  ];
  return [text`  hardening`, formatTable([{ title: '' }, { title: '' }, { title: '' }], rows, '    ')];
}

function answerRow(title: string, { answer, evidence }: Answer, yes: string, no: string): readonly string[] {
  return [title, answer === 'unknown' ? 'unknown' : { yes, no }[answer], evidence];
}

/** What it loads here when it starts. */
export function closureLines({ closure }: FileReport): readonly Text[] {
  if (closure === null) return [];
  const { files, missing, sizeBytes } = closure;
  const rows = [
    ...files.map((file) => [file.path, formatBytes(file.sizeBytes)]),
    ...missing.map((name) => [name, 'not on this machine']),
  ];
  return [
    text`  loads on this machine: ${files.length} files, ${formatBytes(sizeBytes)}`,
    formatTable([{ title: '' }, { title: '', align: 'right' }], rows, '    '),
  ];
}
