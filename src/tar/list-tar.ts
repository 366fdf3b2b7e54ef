import { type ByteSource, sliceByteSource } from '../core/byte-source.ts';
import { paddingBytes } from './header-writer.ts';
import type { TarHeader } from './tar-entry.ts';
import { cutOff } from './tar-errors.ts';
import { parseTar } from './tar-parser.ts';

/** A member of an archive with random access: the content is a window, nothing is copied. */
export interface TarMember {
  readonly header: TarHeader;
  readonly contentOffset: number;
  /** Stays readable as long as the archive's source is open. */
  open(): ByteSource;
}

/** The members in their order, contents skipped by position. Errors: as `readTar`. */
export function* listTar(archive: ByteSource): Generator<TarMember, void, undefined> {
  const steps = parseTar();
  let offset = 0;
  let next = steps.next();
  while (next.done !== true) {
    const step = next.value;
    if (step.kind === 'read') {
      const bytes = archive.read(offset, step.length);
      offset += bytes.length;
      next = steps.next(bytes);
      continue;
    }
    const { header, contentOffset } = step;
    if (contentOffset + header.sizeBytes > archive.sizeBytes) throw cutOff(contentOffset);
    yield {
      header,
      contentOffset,
      open: () => sliceByteSource(archive, contentOffset, header.sizeBytes, `${archive.name}:${header.path}`),
    };
    // The last block's padding may be missing (umoci insert): reading there gives no bytes, which is an end.
    offset = contentOffset + header.sizeBytes + paddingBytes(header.sizeBytes);
    next = steps.next(Buffer.alloc(0));
  }
}
