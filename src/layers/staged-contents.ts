import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSource } from '../core/byte-source.ts';
import type { TarHeader } from '../tar/index.ts';
import type { ContentStore } from './apply-layers.ts';
import type { AttributeSetter } from './node-attributes.ts';
import { SpoolFile } from './spool-file.ts';
import type { TreeNode } from './tree-node.ts';
import { unpackStep } from './unpack-error.ts';

/**
 * From here on a content is a file of its own at once, which is only renamed in the end. What is smaller goes through one
 * file for all: to copy it is quicker than to rename it, and nearly all files are small.
 */
const OWN_FILE_BYTES = 64 * 1024;

/** Where contents wait until it is known which of them will be in the tree. */
export class StagedContents implements ContentStore {
  readonly #folder: string;
  readonly #attributes: AttributeSetter;
  readonly #small: SpoolFile;
  #smallContents: ByteSource | null = null;
  #count = 0;

  /** `folder` exists, on the file system of the tree. */
  constructor(folder: string, attributes: AttributeSetter) {
    this.#folder = folder;
    this.#attributes = attributes;
    this.#small = new SpoolFile('small files', folder);
  }

  async add(header: TarHeader, content: AsyncIterable<Buffer>): Promise<number> {
    if (header.sizeBytes < OWN_FILE_BYTES) return this.#small.appendAll(content);
    const id = (this.#count += 1);
    const path = this.#pathOf(id);
    const mode = this.#attributes.creationMode(header);
    const fd = unpackStep(path, () => openSync(path, 'wx', mode));
    try {
      for await (const chunk of content) unpackStep(path, () => writeAll(fd, chunk));
      unpackStep(path, () => this.#attributes.finishFile(fd, header, mode));
    } finally {
      closeSync(fd);
    }
    return id;
  }

  /** Makes the file; once for each content, and after the last `add`. Throws what the system says. */
  place(node: TreeNode, host: Buffer): void {
    if (node.sizeBytes >= OWN_FILE_BYTES) return renameSync(this.#pathOf(node.contentId), host);
    this.#smallContents ??= this.#small.source();
    const mode = this.#attributes.creationMode(node);
    const fd = openSync(host, 'wx', mode);
    try {
      if (node.sizeBytes > 0) writeAll(fd, this.#smallContents.read(node.contentId, node.sizeBytes));
      this.#attributes.finishFile(fd, node, mode);
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    this.#small.close();
  }

  #pathOf(id: number): string {
    return join(this.#folder, String(id));
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(fd, bytes, done);
}
