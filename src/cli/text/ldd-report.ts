import type { LddResult } from '../../loader/ldd.ts';
import type { NeededNode } from '../../loader/ldd-report.ts';
import { joinLines, type Text, text } from './text.ts';

/** `ldd` as text: what ldd prints, or with `--tree` who needs what; each with its path above it where there are several. */
export function formatLddResults(results: readonly LddResult[], asTree: boolean): Text {
  return joinLines(
    results.flatMap((result) => [
      ...(results.length > 1 ? [text`${result.report.path}:`] : []),
      ...(asTree ? treeLines(result.tree) : lddLines(result.lines)),
    ]),
  );
}

function lddLines({ libraries, complaints }: LddResult['lines']): readonly Text[] {
  return [...libraries.map((line) => text`\t${line}`), ...complaints.map((line) => text`${line}`)];
}

function treeLines(node: NeededNode, depth = 0): readonly Text[] {
  const answer =
    depth === 0 ? '' : ` => ${node.path ?? 'not found'} (${node.rule}${node.repeated ? ', see above' : ''})`;
  const own = text`${'  '.repeat(depth)}${node.name}${answer}`;
  return [own, ...node.needs.flatMap((child) => treeLines(child, depth + 1))];
}
