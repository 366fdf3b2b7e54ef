import { findTool } from '../core/find-tool.ts';
import { isInOtherUserNamespace } from './prepare/find-init.ts';

/** The words before a command that put it into the network of a process; null where nsenter(1) of util-linux is missing. */
export function nsenterWords(pid: number): readonly string[] | null {
  const nsenter = findTool('nsenter');
  if (nsenter === null) return null;
  const user = isInOtherUserNamespace(pid) ? ['--user', '--preserve-credentials'] : [];
  return [nsenter, ...user, '--net', '--target', String(pid), '--'];
}
