/** Tar is made of blocks: headers are one, contents are padded to one (POSIX.1-2017 pax, "ustar Interchange Format"). */
export const TAR_BLOCK_BYTES = 512;
/** Of one PAX header or one GNU long name. Capabilities and long paths take hundreds of bytes; Go's reader allows 1 MiB. */
export const TAR_EXTENSION_LIMIT_BYTES = 1024 * 1024;
/** Extension headers in a row that describe one member: `x`, `L`, `K` and repetitions of them. */
export const TAR_EXTENSIONS_PER_MEMBER_LIMIT = 16;
/** Members of one archive, or of all layers of one image; a full desktop distribution has half a million files. */
export const TAR_MEMBERS_LIMIT = 1_000_000;
/** PATH_MAX is 4096 on Linux; a longer one could not be unpacked. */
export const TAR_PATH_LIMIT_BYTES = 4096;
