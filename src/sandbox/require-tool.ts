import { MorselError } from '../core/errors.ts';
import { findTool } from '../core/find-tool.ts';

/** The absolute path of a program that a driver's trial has found before. Error: SANDBOX_MISSING. */
export function requireTool(name: string): string {
  const path = findTool(name);
  if (path !== null) return path;
  throw toolMissing(name);
}

export function toolMissing(names: string): MorselError {
  return new MorselError('SANDBOX_MISSING', `${names} is not installed`, { hint: `install ${names}` });
}
