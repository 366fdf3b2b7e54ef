/** Directories that every system has: who names them means what is in them, and not all of it. */
const ROOTS = new Set(
  [
    '/bin /sbin /lib /lib64 /etc /opt /opt/bin /opt/local /var /srv /usr /usr/bin /usr/sbin /usr/lib /usr/lib64 /usr/lib32',
    '/usr/libexec /usr/share /usr/games /usr/X11R6 /usr/etc /usr/ucb /etc/default /etc/opt /etc/xdg /etc/ssl /etc/ssl/certs',
    '/usr/local /usr/local/bin /usr/local/sbin /usr/local/lib /usr/local/share /usr/local/etc /usr/local/games',
    '/var/lib /var/log /var/cache /var/mail /var/spool /var/spool/mail /var/db /usr/share/dict',
  ].flatMap((line) => line.split(' ')),
);

/** The multiarch folders of libraries: which of them are loaded is the loader's matter. */
const LIBRARY_FOLDER = /^(?:\/usr)?\/lib\/[\w-]+-linux-[\w-]+$/;

/**
 * Files that runtimes give (hosts, resolv.conf), that needs of their own bring, that a loader reads, and what is for people
 * and compilers. What holds secrets is never offered.
 */
const BELOW = new RegExp(
  `^(?:${[
    '/etc/(?:passwd|group|shadow|gshadow|sudoers|hosts|hostname|host\\.conf|resolv\\.conf|nsswitch\\.conf|localtime|timezone)',
    '/etc/(?:services|protocols|mtab|fstab|shells|securetty|machine-id|motd|issue|ld\\.so\\.[\\w.]+|ssl/private|ssl/certs|ssh|terminfo|selinux)',
    '/var/(?:run|tmp|lock|log/\\w+)',
    '/usr/(?:tmp|include|src)',
    '/usr/share/(?:doc|man|info|locale|bug|lintian|terminfo)',
    '/usr/lib/(?:debug|locale|terminfo)',
    '/lib/terminfo',
  ].join('|')})(?:/|$)`,
);

/** Sources are named by debugging information and panics; GOROOT by every Go program that is not trimmed. */
const OF_COMPILERS =
  /\.(?:go|rs|c|cc|cpp|cxx|h|hpp|s|S)$|^\/usr\/(?:local\/go|lib\/go-[\d.]+)(?:\/|$)|\/rustlib\//;

/** Whether a path tells nothing of one program. */
export function isOfTheSystem(path: string): boolean {
  return (
    ROOTS.has(path) ||
    LIBRARY_FOLDER.test(path) ||
    BELOW.test(path) ||
    OF_COMPILERS.test(path) ||
    /\.so(?:\.\d+)*$/.test(path)
  );
}
