/** Files of an OCI layout (image-spec/image-layout.md). */
export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';
export const LAYOUT_VERSION_BYTES = Buffer.from('{"imageLayoutVersion":"1.0.0"}');
