import { describe, expect, it } from 'vitest';
import { sharedCompilers } from './shared-compilers.ts';

const filesOf =
  (text: string) =>
  (directory: string): ReturnType<typeof sharedCompilers>['files'] => [
    {
      path: `${directory}/cc`,
      content: { kind: 'text', text: `exec ${text} ${directory}/headers`, mode: 0o755 },
    },
  ];
const label = 'musl-gcc 12.2.0';
const directoryFor = (workDirectory: string, text: string, sharedDirectory?: string): string =>
  sharedCompilers(
    { workDirectory, ...(sharedDirectory !== undefined && { sharedDirectory }) },
    { label },
    filesOf(text),
  ).directory;

describe('sharedCompilers', () => {
  it('has one path for all projects and rungs, which the compiler of another content has not', () => {
    const one = directoryFor('/work/one', 'musl-gcc', '/shared');
    expect(one).toMatch(/^\/shared\/compilers\/musl-gcc-12\.2\.0-[0-9a-f]{12}$/);
    expect(directoryFor('/work/two', 'musl-gcc', '/shared')).toBe(one);
    expect(directoryFor('/work/one', 'musl-gcc -m32', '/shared')).not.toBe(one);
  });

  it('is named after its content, and not after where it lies', () => {
    const last = (path: string): string => path.slice(path.lastIndexOf('/'));
    expect(last(directoryFor('/w', 'cc', '/here'))).toBe(last(directoryFor('/w', 'cc', '/there')));
    const { files } = sharedCompilers({ workDirectory: '/w' }, { label }, filesOf('cc'));
    expect(files[0]).toMatchObject({
      content: { text: expect.stringMatching(/^exec cc \/w\/compilers\/.*\/headers$/) as unknown },
    });
  });
});
