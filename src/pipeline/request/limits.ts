/** Names of an image: each is a line of the index. */
export const TAGS_LIMIT = 128;
