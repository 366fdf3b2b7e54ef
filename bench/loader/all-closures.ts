import { readFileSync } from 'node:fs';
import { type Closure, findClosure, hostCpu, loaderSession } from '../../src/loader/index.ts';
import { directoryTree } from '../../src/rootfs/directory-tree.ts';

/** The measured program: the closures of the files named on stdin, one a line; prints how many libraries they have. */
const tree = directoryTree('/');
const session = loaderSession(tree);
const cpu = hostCpu();
let libraries = 0;
let missing = 0;
for (const path of readFileSync(0, 'utf8').split('\n')) {
  if (path === '') continue;
  const closure: Closure = findClosure({ tree, session, cpu, path });
  libraries += closure.libraries.length;
  missing += closure.missing.length;
}
process.stdout.write(`${JSON.stringify({ libraries, missing })}\n`);
