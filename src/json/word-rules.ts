import { WORD_LIMIT_BYTES } from '../core/word-limit.ts';

/** Of a command, and variables. */
export const WORDS_LIMIT = 1000;

export const fitsWord = (text: string): boolean => Buffer.byteLength(text) < WORD_LIMIT_BYTES;
export const withoutNul = (text: string): boolean => !text.includes('\0');
