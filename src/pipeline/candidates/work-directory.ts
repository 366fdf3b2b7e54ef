import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Rung } from '../../core/choices.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { SourceProject } from '../../project/index.ts';
import type { BuildRequest } from '../request/build-request.ts';

/**
 * One folder a source tree, platform, rung and profile, in the cache: objects of two machines or C libraries never meet, the
 * next build is incremental, and another program of the same tree finds what they share compiled.
 */
export function workDirectory(request: BuildRequest, project: SourceProject, rung: Rung): string {
  const tree = sourceTreeOf(project);
  const identity = JSON.stringify([project.kind, tree, formatPlatform(request.platform)]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const name = basename(tree)
    .slice(0, NAME_CHARACTERS)
    .replaceAll(/[^\w.-]/g, '-');
  return join(request.cacheDirectory, 'work', `${name}-${key}`, `${rung}-${request.size}`);
}

const NAME_CHARACTERS = 40;

/** What has objects of its own: members of a workspace are built together, and of single files each alone. */
function sourceTreeOf(project: SourceProject): string {
  if (project.kind === 'rust') return project.workspaceRoot;
  return (project.kind === 'c' ? project.source : null) ?? project.directory;
}
