/**
 * Of one argument, or of one variable as `NAME=value`, in bytes with the NUL that ends it: MAX_ARG_STRLEN, 32 pages
 * (execve(2), "Limits on size of arguments").
 */
export const WORD_LIMIT_BYTES = 128 * 1024;
