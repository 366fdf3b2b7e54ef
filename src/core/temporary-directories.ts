/**
 * Directories for temporary files, which every machine has (FHS 3.0, 3.18 and 5.15): where a program wants one that its image
 * lacks, it is the image that lacks it.
 */
export const TEMPORARY_DIRECTORIES: readonly string[] = ['/tmp', '/var/tmp'];
