/**
 * Heads docs/reference/, which is made from the code: `npm run docs` writes it, and every test run compares it, so that it
 * cannot rot. (In CI a difference fails; nothing is written.)
 */
export const GENERATED = '<!-- Generated from the code by `npm run docs`; edit the code instead. -->';
