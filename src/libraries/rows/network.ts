import type { LibraryRow } from './library-row.ts';

/** Libraries for programs that talk to others. */
export const NETWORK: readonly LibraryRow[] = [
  {
    name: 'openssl',
    source: 'openssl',
    licence: 'Apache-2.0',
    provides: {
      pkgConfig: ['openssl', 'libssl', 'libcrypto'],
      libs: ['ssl', 'crypto'],
      headers: ['openssl/ssl.h', 'openssl/crypto.h', 'openssl/evp.h', 'openssl/sha.h', 'openssl/md5.h', 'openssl/rand.h', 'openssl/err.h', 'openssl/bio.h', 'openssl/hmac.h', 'openssl/aes.h', 'openssl/rsa.h', 'openssl/x509.h', 'openssl/pem.h', 'openssl/opensslv.h'],
      cmake: ['OpenSSL'],
      crates: ['openssl-sys'],
    },
    needs: [],
    recipe: {
      kind: 'openssl',
      // musl has no getcontext(3), which asynchronous jobs switch stacks by; static programs load no engines.
      args: ['no-shared', 'no-tests', 'no-dso', 'no-engine', 'no-async', '--prefix=/usr', '--libdir=lib', '--openssldir=/etc/ssl'],
    },
    buildTools: [{ program: 'perl', debianPackage: 'perl' }],
  },
  {
    name: 'nghttp2',
    source: 'nghttp2',
    licence: 'MIT',
    provides: {
      pkgConfig: ['libnghttp2'],
      libs: ['nghttp2'],
      headers: ['nghttp2/nghttp2.h'],
      cmake: ['nghttp2'],
      crates: ['libnghttp2-sys'],
    },
    needs: [],
    recipe: { kind: 'autotools', args: ['--enable-lib-only'] },
  },
  {
    name: 'curl',
    source: 'curl',
    licence: 'curl',
    provides: {
      pkgConfig: ['libcurl'],
      libs: ['curl'],
      headers: ['curl/curl.h', 'curl/easy.h', 'curl/multi.h'],
      cmake: ['CURL'],
      crates: ['curl-sys'],
    },
    needs: ['nghttp2', 'openssl', 'zlib'],
    recipe: {
      kind: 'autotools',
      args: ['--with-openssl', '--with-nghttp2', '--with-zlib', '--with-ca-bundle=/etc/ssl/certs/ca-certificates.crt', '--without-ca-path', '--without-libpsl', '--without-brotli', '--without-zstd', '--without-libidn2', '--without-librtmp', '--without-libssh2', '--without-gssapi', '--disable-ldap', '--disable-ldaps', '--disable-manual'],
      // Debian's tree has its configure made by Debian's own patches.
      before: [['autoreconf', '-fi']],
    },
    buildTools: [
      { program: 'autoreconf', debianPackage: 'autoconf automake' },
      { program: 'libtoolize', debianPackage: 'libtool' },
    ],
  },
  {
    name: 'libevent',
    source: 'libevent',
    licence: 'BSD-3-Clause',
    provides: {
      pkgConfig: ['libevent', 'libevent_core', 'libevent_extra', 'libevent_openssl', 'libevent_pthreads'],
      libs: ['event_openssl', 'event_pthreads', 'event', 'event_extra', 'event_core'],
      headers: ['event.h', 'event2/event.h', 'event2/buffer.h', 'event2/bufferevent.h', 'event2/http.h', 'evhttp.h', 'evdns.h', 'evutil.h'],
      cmake: ['Libevent'],
    },
    needs: ['openssl'],
    recipe: { kind: 'autotools', args: ['--disable-samples', '--disable-libevent-regress'] },
  },
  {
    name: 'libuv',
    source: 'libuv1',
    licence: 'MIT',
    provides: { pkgConfig: ['libuv'], libs: ['uv'], headers: ['uv.h'], cmake: ['libuv', 'LibUV'] },
    needs: [],
    recipe: {
      kind: 'autotools',
      // autogen.sh writes a file for m4 that autoreconf alone would miss.
      before: [['mkdir', '-p', 'm4'], ['sh', 'autogen.sh']],
    },
    buildTools: [
      { program: 'autoreconf', debianPackage: 'autoconf automake' },
      { program: 'libtoolize', debianPackage: 'libtool' },
    ],
  },
  {
    name: 'libpcap',
    source: 'libpcap',
    licence: 'BSD-3-Clause',
    provides: { pkgConfig: ['libpcap'], libs: ['pcap'], headers: ['pcap.h', 'pcap/pcap.h', 'pcap-bpf.h'], cmake: ['PCAP', 'Pcap'] },
    needs: [],
    // What a static program cannot reach: a bus, and devices that want further libraries.
    recipe: { kind: 'autotools', args: ['--disable-dbus', '--without-libnl', '--disable-bluetooth', '--disable-rdma', '--disable-usb'] },
    buildTools: [
      { program: 'flex', debianPackage: 'flex' },
      { program: 'bison', debianPackage: 'bison' },
    ],
  },
  {
    name: 'libunistring',
    source: 'libunistring',
    licence: 'LGPL-3.0-or-later OR GPL-2.0-or-later',
    provides: { pkgConfig: [], libs: ['unistring'], headers: ['unistr.h', 'unitypes.h', 'unicase.h', 'uninorm.h'], cmake: ['Unistring'] },
    needs: [],
    recipe: { kind: 'autotools', modules: [{ name: 'libunistring', libs: '-lunistring' }] },
  },
  {
    name: 'libidn2',
    source: 'libidn2',
    licence: 'LGPL-3.0-or-later OR GPL-2.0-or-later',
    provides: { pkgConfig: ['libidn2'], libs: ['idn2'], headers: ['idn2.h'], cmake: ['Libidn2'], crates: ['idn2-sys'] },
    needs: ['libunistring'],
    recipe: { kind: 'autotools', args: ['--disable-doc', '--disable-nls'] },
  },
]; // prettier-ignore
