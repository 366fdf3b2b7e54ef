import { describe, expect, it } from 'vitest';
import { bwrapArguments, type BwrapHost } from './bwrap-arguments.ts';

const HOST: BwrapHost = {
  linkTarget: (path) => (path === '/bin' ? 'usr/bin' : null),
  kindOf: (path) =>
    path === '/proc/acpi' ? 'directory' : ['/proc/sys', '/proc/kcore'].includes(path) ? 'other' : null,
};

const text = (reads: readonly string[], writes: readonly string[]): string =>
  bwrapArguments({ reads, writes }, '/w/src', HOST).join(' ');

describe('bwrapArguments', () => {
  it('takes away the network, other processes, capabilities, the terminal, and ends with morsel', () => {
    for (const word of ['--unshare-net', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--new-session'])
      expect(text([], [])).toContain(word);
    expect(text([], [])).toContain('--cap-drop ALL');
    expect(text([], [])).toContain('--die-with-parent');
  });

  it('mounts what is read before what is written in it, whatever their order', () => {
    const words = text(['/w/a/b', '/w'], ['/w/a', '/w/a/b/c']);
    const at = ['--ro-bind-try /w /w', '--bind /w/a /w/a', '--ro-bind-try /w/a/b', '--bind /w/a/b/c'].map(
      (part) => words.indexOf(part),
    );
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at).not.toContain(-1);
  });

  it('lets a folder that is read and written be written', () => {
    expect(text(['/w'], ['/w'])).toContain('--bind /w /w');
    expect(text(['/w'], ['/w'])).not.toContain('--ro-bind-try /w /w');
  });

  it('shows nothing of /etc that is a secret, and no /run, /var, /root and /home', () => {
    const words = bwrapArguments({ reads: [], writes: [] }, '/', HOST);
    const shown = words.filter((word) => word.startsWith('/'));
    expect(shown.filter((path) => /shadow|ssh|ssl\/private|gshadow|sudoers|^\/etc$/.test(path))).toEqual([]);
    expect(
      shown.filter((path) => /^\/(run|var|root|home|sys|boot|mnt|srv)?(\/|$)/.test(path) && path !== '/'),
    ).toEqual([]);
  });

  it("keeps a build of root's from the kernel's settings", () => {
    const words = text([], []);
    expect(words).toContain('--ro-bind /proc/sys /proc/sys');
    expect(words).toContain('--ro-bind /dev/null /proc/kcore');
    expect(words).toContain('--tmpfs /proc/acpi');
    expect(words.indexOf('--proc /proc')).toBeLessThan(words.indexOf('/proc/sys'));
  });

  it('makes the root itself read-only at the end, and links what this system links', () => {
    expect(text([], [])).toMatch(/--remount-ro \/ --chdir \/w\/src$/);
    expect(text([], [])).toContain('--symlink usr/bin /bin');
  });
});
