/** PATH_MAX and NAME_MAX of Linux, without the closing NUL: longer is ENAMETOOLONG. */
export const PATH_LIMIT_BYTES = 4095;
export const NAME_LIMIT_BYTES = 255;
