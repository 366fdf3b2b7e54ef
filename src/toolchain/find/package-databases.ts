/** Debian's, Alpine's, Fedora's, Arch's: what is installed below /usr/lib changes no folder of PATH. */
export const PACKAGE_DATABASES = [
  '/var/lib/dpkg/status',
  '/lib/apk/db/installed',
  '/var/lib/rpm/rpmdb.sqlite',
  '/usr/lib/sysimage/rpm/rpmdb.sqlite',
  '/var/lib/pacman/local',
];
