/** Examples whose libraries take minutes on a machine that has not built them: built when they are named, `npm run demo -- c-curl`. */
export const BY_NAME_ALONE = new Set(['c-curl']);
