import type { ElfFacts } from '../elf/index.ts';
import { resolvePath } from '../rootfs/index.ts';
import type { ClosureFile, ClosureLibrary, FoundBy } from './closure.ts';
import type { LinkFacts } from './link-facts.ts';
import type { LoadedObject } from './loaded-object.ts';
import { absolutePath } from './path-list.ts';
import type { LoaderSession, ObjectFile } from './session.ts';

/** Where the files of one closure are read. */
interface Place {
  readonly session: LoaderSession;
  readonly cwd: string;
}

/** A file of a closure. Links and facts are found out when they are asked for: most callers want the paths only. */
export class LoadedFile implements ClosureFile {
  readonly path: string;
  readonly realPath: string;
  readonly sizeBytes: number;
  readonly link: LinkFacts;
  readonly #place: Place;

  constructor(place: Place, path: string, file: ObjectFile, link: LinkFacts) {
    this.path = path;
    this.realPath = file.realPath;
    this.sizeBytes = file.sizeBytes;
    this.link = link;
    this.#place = place;
  }

  get links(): ClosureFile['links'] {
    const links: { path: string; target: string }[] = [];
    const { session, cwd } = this.#place;
    const onLink = (path: string, target: string): void => void links.push({ path, target });
    resolvePath(absolutePath(this.path, cwd), (canonical) => session.tree.lstat(canonical), { onLink });
    return links;
  }

  get facts(): ElfFacts {
    return this.#place.session.facts(this.realPath);
  }
}

export class LoadedLibrary extends LoadedFile implements ClosureLibrary {
  readonly name: string;
  readonly foundBy: FoundBy;
  readonly neededBy: string;
  readonly reason: string | null;

  constructor(place: Place, object: LoadedObject, file: ObjectFile) {
    super(place, object.path, file, object.link);
    this.name = object.name;
    this.foundBy = object.foundBy;
    this.neededBy = object.neededBy;
    this.reason = object.reason;
  }
}
