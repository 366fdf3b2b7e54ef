/** As in package.json, which a test compares: a constant costs nothing at start and survives bundling. */
export const VERSION = '0.1.0';
