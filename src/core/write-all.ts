import { writeSync } from 'node:fs';

/** write(2) may take less than it is given, just before the disk is full for one. @param position where the file is now. */
export function writeAll(fd: number, bytes: Uint8Array, position: number | null = null): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === null ? null : position + done;
    done += writeSync(fd, bytes, done, bytes.length - done, at);
  }
}
