/** What to do about images that are not as they should be. */

export const DAMAGED_IMAGE_HINT = 'the image is damaged: copy or build it again';

export const OVERSIZED_IMAGE_HINT = 'no image needs that: get it from a source that you trust';

export const SEVERAL_IMAGES_HINT =
  'copy the image that is meant into an archive of its own: skopeo copy oci:DIR:TAG oci-archive:ONE.tar';
