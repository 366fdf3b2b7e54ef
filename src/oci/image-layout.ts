/** Files of an OCI layout (image-spec/image-layout.md). */
export const LAYOUT_FILE = 'oci-layout';
export const INDEX_FILE = 'index.json';
export const LAYOUT_VERSION_BYTES = Buffer.from('{"imageLayoutVersion":"1.0.0"}');

/** The file by which `docker load` reads an archive (its "docker-archive" format, image-spec v1.2 of Docker). */
export const DOCKER_MANIFEST_FILE = 'manifest.json';
