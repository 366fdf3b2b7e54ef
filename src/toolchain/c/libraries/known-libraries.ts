/** A library that programs use without saying more than the name of its header. */
export interface KnownLibrary {
  /** As they stand in `#include <…>`: a file, or a folder with its slash. */
  readonly headers: readonly string[];
  /** Its modules of pkg-config; none where it has no `.pc` file. */
  readonly modules: readonly string[];
  /** What `-l` names; what is linked where pkg-config does not know the modules. */
  readonly link: readonly string[];
  /** Debian's package with the headers. */
  readonly debian: string;
}

function library(headers: string, modules: string, link: string, debian: string): KnownLibrary {
  const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');
  return { headers: words(headers), modules: words(modules), link: words(link), debian };
}

/** Names as Debian 12 has them; most are the same elsewhere. */
export const KNOWN_LIBRARIES: readonly KnownLibrary[] = [
  library('zlib.h', 'zlib', 'z', 'zlib1g-dev'),
  library('bzlib.h', '', 'bz2', 'libbz2-dev'),
  library('lzma.h lzma/', 'liblzma', 'lzma', 'liblzma-dev'),
  library('zstd.h zdict.h zstd_errors.h', 'libzstd', 'zstd', 'libzstd-dev'),
  library('lz4.h lz4hc.h lz4frame.h', 'liblz4', 'lz4', 'liblz4-dev'),
  library('lzo/', 'lzo2', 'lzo2', 'liblzo2-dev'),
  library('snappy-c.h snappy.h', '', 'snappy', 'libsnappy-dev'),
  library('brotli/decode.h', 'libbrotlidec', 'brotlidec', 'libbrotli-dev'),
  library('brotli/encode.h', 'libbrotlienc', 'brotlienc', 'libbrotli-dev'),
  library('archive.h archive_entry.h', 'libarchive', 'archive', 'libarchive-dev'),
  library('curl/', 'libcurl', 'curl', 'libcurl4-openssl-dev'),
  library('openssl/', 'openssl', 'ssl crypto', 'libssl-dev'),
  library('gnutls/', 'gnutls', 'gnutls', 'libgnutls28-dev'),
  library('mbedtls/', '', 'mbedtls mbedx509 mbedcrypto', 'libmbedtls-dev'),
  library('nettle/', 'nettle', 'nettle', 'nettle-dev'),
  library('gcrypt.h', 'libgcrypt', 'gcrypt', 'libgcrypt20-dev'),
  library('sodium.h sodium/', 'libsodium', 'sodium', 'libsodium-dev'),
  library('crypt.h', 'libcrypt', 'crypt', 'libcrypt-dev'),
  library('sqlite3.h', 'sqlite3', 'sqlite3', 'libsqlite3-dev'),
  library('libpq-fe.h postgresql/libpq-fe.h', 'libpq', 'pq', 'libpq-dev'),
  library('mysql.h mysql/ mariadb/', 'libmariadb', 'mariadb', 'libmariadb-dev'),
  library('hiredis.h hiredis/', 'hiredis', 'hiredis', 'libhiredis-dev'),
  library('lmdb.h', 'lmdb', 'lmdb', 'liblmdb-dev'),
  library('db.h', '', 'db', 'libdb-dev'),
  library('gdbm.h', '', 'gdbm', 'libgdbm-dev'),
  library('ncurses.h curses.h ncurses/', 'ncurses', 'ncurses tinfo', 'libncurses-dev'),
  library('ncursesw/', 'ncursesw', 'ncursesw tinfo', 'libncurses-dev'),
  library('term.h termcap.h', 'tinfo', 'tinfo', 'libncurses-dev'),
  library('panel.h', 'panel', 'panel', 'libncurses-dev'),
  library('menu.h', 'menu', 'menu', 'libncurses-dev'),
  library('form.h', 'form', 'form', 'libncurses-dev'),
  library('readline/', 'readline', 'readline', 'libreadline-dev'),
  library('editline/readline.h histedit.h', 'libedit', 'edit', 'libedit-dev'),
  library('uuid/uuid.h uuid.h', 'uuid', 'uuid', 'uuid-dev'),
  library('expat.h', 'expat', 'expat', 'libexpat1-dev'),
  library('libxml/', 'libxml-2.0', 'xml2', 'libxml2-dev'),
  library('libxslt/', 'libxslt', 'xslt', 'libxslt1-dev'),
  library('yaml.h', 'yaml-0.1', 'yaml', 'libyaml-dev'),
  library('jansson.h', 'jansson', 'jansson', 'libjansson-dev'),
  library('json-c/ json.h', 'json-c', 'json-c', 'libjson-c-dev'),
  library('cjson/', 'libcjson', 'cjson', 'libcjson-dev'),
  library('yajl/', 'yajl', 'yajl', 'libyajl-dev'),
  library('pcre.h', 'libpcre', 'pcre', 'libpcre3-dev'),
  library('pcre2.h', 'libpcre2-8', 'pcre2-8', 'libpcre2-dev'),
  library('pcre2posix.h', 'libpcre2-posix', 'pcre2-posix', 'libpcre2-dev'),
  library('oniguruma.h', 'oniguruma', 'onig', 'libonig-dev'),
  library('gmp.h gmpxx.h', 'gmp', 'gmp', 'libgmp-dev'),
  library('mpfr.h', 'mpfr', 'mpfr', 'libmpfr-dev'),
  library('mpc.h', '', 'mpc', 'libmpc-dev'),
  library('event.h evhttp.h event2/', 'libevent', 'event', 'libevent-dev'),
  library('ev.h', '', 'ev', 'libev-dev'),
  library('uv.h uv/', 'libuv', 'uv', 'libuv1-dev'),
  library('microhttpd.h', 'libmicrohttpd', 'microhttpd', 'libmicrohttpd-dev'),
  library('nghttp2/', 'libnghttp2', 'nghttp2', 'libnghttp2-dev'),
  library('libssh2.h libssh2_sftp.h', 'libssh2', 'ssh2', 'libssh2-1-dev'),
  library('libssh/', 'libssh', 'ssh', 'libssh-dev'),
  library('zmq.h', 'libzmq', 'zmq', 'libzmq3-dev'),
  library('mosquitto.h', 'libmosquitto', 'mosquitto', 'libmosquitto-dev'),
  library('pcap.h pcap/', 'libpcap', 'pcap', 'libpcap-dev'),
  library('libmnl/', 'libmnl', 'mnl', 'libmnl-dev'),
  library('libnvme.h libnvme-mi.h', 'libnvme', 'nvme', 'libnvme-dev'),
  library('seccomp.h', 'libseccomp', 'seccomp', 'libseccomp-dev'),
  library('sys/capability.h', 'libcap', 'cap', 'libcap-dev'),
  library('cap-ng.h', 'libcap-ng', 'cap-ng', 'libcap-ng-dev'),
  library('sys/acl.h acl/', 'libacl', 'acl', 'libacl1-dev'),
  library('attr/', 'libattr', 'attr', 'libattr1-dev'),
  library('selinux/', 'libselinux', 'selinux', 'libselinux1-dev'),
  library('security/pam_appl.h', 'pam', 'pam', 'libpam0g-dev'),
  library('bsd/', 'libbsd', 'bsd', 'libbsd-dev'),
  library('libudev.h', 'libudev', 'udev', 'libudev-dev'),
  library('systemd/', 'libsystemd', 'systemd', 'libsystemd-dev'),
  library('dbus/', 'dbus-1', 'dbus-1', 'libdbus-1-dev'),
  library('libusb.h libusb-1.0/', 'libusb-1.0', 'usb-1.0', 'libusb-1.0-0-dev'),
  library('glib.h glib-object.h glib/', 'glib-2.0 gobject-2.0', 'glib-2.0 gobject-2.0', 'libglib2.0-dev'),
  library('gio/', 'gio-2.0', 'gio-2.0', 'libglib2.0-dev'),
  library('magic.h', 'libmagic', 'magic', 'libmagic-dev'),
  library('ffi.h', 'libffi', 'ffi', 'libffi-dev'),
  library('idn2.h', 'libidn2', 'idn2', 'libidn2-dev'),
  library('unistr.h unicase.h uninorm.h', '', 'unistring', 'libunistring-dev'),
  library('unicode/', 'icu-i18n icu-uc', 'icui18n icuuc icudata', 'libicu-dev'),
  library('lua.h lauxlib.h lualib.h lua.hpp', 'lua5.4', 'lua5.4', 'liblua5.4-dev'),
  library('png.h', 'libpng', 'png', 'libpng-dev'),
  library('jpeglib.h', 'libjpeg', 'jpeg', 'libjpeg-dev'),
  library('turbojpeg.h', 'libturbojpeg', 'turbojpeg', 'libturbojpeg0-dev'),
  library('tiffio.h tiff.h', 'libtiff-4', 'tiff', 'libtiff-dev'),
  library('gif_lib.h', '', 'gif', 'libgif-dev'),
  library('webp/', 'libwebp', 'webp', 'libwebp-dev'),
  library('ft2build.h freetype/', 'freetype2', 'freetype', 'libfreetype-dev'),
  library('SDL2/ SDL.h', 'sdl2', 'SDL2', 'libsdl2-dev'),
  library('X11/', 'x11', 'X11', 'libx11-dev'),
  library('fmt/', 'fmt', 'fmt', 'libfmt-dev'),
  library('gtest/', 'gtest', 'gtest', 'libgtest-dev'),
  library('yaml-cpp/', 'yaml-cpp', 'yaml-cpp', 'libyaml-cpp-dev'),
  library('tinyxml2.h', 'tinyxml2', 'tinyxml2', 'libtinyxml2-dev'),
  // Headers alone: nothing is linked, but the package is wanted.
  library('nlohmann/', '', '', 'nlohmann-json3-dev'),
  library('boost/', '', '', 'libboost-dev'),
  library('Eigen/', 'eigen3', '', 'libeigen3-dev'),
  library('CLI/', '', '', 'libcli11-dev'),
  library('uthash.h utlist.h', '', '', 'uthash-dev'),
];

/** The one that has a header; null where it is not known. */
export function libraryOfHeader(header: string): KnownLibrary | null {
  return (
    KNOWN_LIBRARIES.find(({ headers }) =>
      headers.some((one) => (one.endsWith('/') ? header.startsWith(one) : header === one)),
    ) ?? null
  );
}

/** The one that `-lNAME` means; null where it is not known. */
export function libraryOfName(name: string): KnownLibrary | null {
  return KNOWN_LIBRARIES.find(({ link }) => link.includes(name)) ?? null;
}

/** Modules that are words of any text. */
const ORDINARY_WORDS = new Set(['form', 'menu', 'panel']);

/** The first word of a message that names a library (`libevent`, `OpenSSL`, `zlib.h`, `-lpcap`); null where none does. */
export function libraryInText(
  text: string,
): { readonly word: string; readonly library: KnownLibrary } | null {
  for (const [word] of text.matchAll(/[\w+./-]{2,200}/g)) {
    const name = word.toLowerCase().replace(/[.]$/, '');
    const library = ORDINARY_WORDS.has(name)
      ? undefined
      : KNOWN_LIBRARIES.find(
          ({ headers, modules, link }) =>
            modules.some((one) => one === name || one === `lib${name}`) ||
            headers.includes(name) ||
            link.some((one) => name === `lib${one}` || name === `-l${one}`),
        );
    if (library !== undefined) return { word: word.replace(/[.]$/, ''), library };
  }
  return null;
}
