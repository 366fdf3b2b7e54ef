/**
 * Bases whose packages cannot be read where this is written: glibc's and GCC's versions as their releases have them
 * (ubuntu:22.04 ships libgcc and libstdc++ of GCC 12, ubuntu:24.04 those of GCC 14), the other libraries by name only,
 * so that their versions are not judged.
 */
export const UBUNTU_22_04_LIBRARIES = `
ld-linux-x86-64.so.2 GLIBC_2.35 GLIBC_PRIVATE
libanl.so.1 GLIBC_2.2.5
libc.so.6 GLIBC_2.35 GLIBC_PRIVATE
libdl.so.2 GLIBC_2.3.4
libm.so.6 GLIBC_2.35
libmvec.so.1 GLIBC_2.35
libpthread.so.0 GLIBC_2.31
libresolv.so.2 GLIBC_2.9 GLIBC_PRIVATE
librt.so.1 GLIBC_2.7
libutil.so.1 GLIBC_2.2.5
libgcc_s.so.1 GCC_12.0.0
libstdc++.so.6 GLIBCXX_3.4.30 CXXABI_1.3.13 CXXABI_TM_1 CXXABI_FLOAT128
libacl.so.1
libattr.so.1
libaudit.so.1
libblkid.so.1
libbz2.so.1.0
libcap-ng.so.0
libcap.so.2
libcom_err.so.2
libcrypt.so.1
libcrypto.so.3 OPENSSL_3.0.2
libdb-5.3.so
libe2p.so.2
libext2fs.so.2
libffi.so.8
libgcrypt.so.20
libgmp.so.10
libgnutls.so.30
libgpg-error.so.0
libhogweed.so.6
libidn2.so.0
liblz4.so.1
liblzma.so.5
libmount.so.1
libncursesw.so.6
libnettle.so.8
libp11-kit.so.0
libpam.so.0
libpam_misc.so.0
libpcre2-8.so.0
libprocps.so.8
libselinux.so.1
libsemanage.so.2
libsepol.so.2
libsmartcols.so.1
libss.so.2
libssl.so.3 OPENSSL_3.0.0
libsystemd.so.0
libtasn1.so.6
libtinfo.so.6
libudev.so.1
libunistring.so.2
libuuid.so.1
libxxhash.so.0
libz.so.1
libzstd.so.1
`;

export const UBUNTU_24_04_LIBRARIES = `
ld-linux-x86-64.so.2 GLIBC_2.39 GLIBC_PRIVATE
libanl.so.1 GLIBC_2.2.5
libc.so.6 GLIBC_2.39 GLIBC_PRIVATE GLIBC_ABI_DT_RELR
libdl.so.2 GLIBC_2.3.4
libm.so.6 GLIBC_2.39
libmvec.so.1 GLIBC_2.35
libpthread.so.0 GLIBC_2.31
libresolv.so.2 GLIBC_2.9 GLIBC_PRIVATE
librt.so.1 GLIBC_2.7
libutil.so.1 GLIBC_2.2.5
libgcc_s.so.1 GCC_14.0.0
libstdc++.so.6 GLIBCXX_3.4.33 CXXABI_1.3.15 CXXABI_TM_1 CXXABI_FLOAT128
libacl.so.1
libattr.so.1
libaudit.so.1
libblkid.so.1
libbz2.so.1.0
libcap-ng.so.0
libcap.so.2
libcom_err.so.2
libcrypt.so.1
libcrypto.so.3 OPENSSL_3.0.9
libdb-5.3.so
libe2p.so.2
libext2fs.so.2
libffi.so.8
libgcrypt.so.20
libgmp.so.10
libgnutls.so.30
libgpg-error.so.0
libhogweed.so.6
libidn2.so.0
liblz4.so.1
liblzma.so.5
libmount.so.1
libncursesw.so.6
libnettle.so.8
libp11-kit.so.0
libpam.so.0
libpam_misc.so.0
libpcre2-8.so.0
libselinux.so.1
libsemanage.so.2
libsepol.so.2
libsmartcols.so.1
libss.so.2
libssl.so.3 OPENSSL_3.0.0
libsystemd.so.0
libtasn1.so.6
libtinfo.so.6
libudev.so.1
libunistring.so.5
libuuid.so.1
libxxhash.so.0
libz.so.1
libzstd.so.1
`;

/** alpine: musl, busybox and apk with what it needs. */
export const ALPINE_LIBRARIES = `
libcrypto.so.3
libssl.so.3
libz.so.1
`;

/** ubi: what is known of it is its C library; all others make the verdict `unknown`. */
export const UBI_9_LIBRARIES = `
libc.so.6 GLIBC_2.34
`;
export const UBI_10_LIBRARIES = `
libc.so.6 GLIBC_2.39 GLIBC_ABI_DT_RELR
`;
