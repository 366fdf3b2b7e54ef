import { isatty } from 'node:tty';
import { printResult } from './print.ts';
import { writeBytes } from './standard-streams.ts';
import { json } from './text.ts';

/** A JSON document of an image: as it is, so that its digest holds; on a terminal readable, and escaped. */
export function printBytes(document: Buffer): void {
  if (isatty(1)) printResult(json(JSON.parse(document.toString('utf8')), 2));
  else writeBytes(document);
}
