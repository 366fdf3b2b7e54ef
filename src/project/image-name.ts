/** OCI distribution-spec: path components are lower case, with separators only between alphanumerics. */
const MAX_NAME_LENGTH = 100;

/** A name that shrinks below the limit when odd characters go is still cut here first: a manifest's may have megabytes. */
const READ_CHARACTERS = 4 * MAX_NAME_LENGTH;

/** A project's own name as an OCI repository name: `My_App` gives `my_app`, `C++ demo!` gives `c-demo`; else `app`. */
export function imageName(text: string): string {
  const name = text
    .slice(0, READ_CHARACTERS)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/_{3,}/g, '__')
    .replaceAll(/([.-])[._-]+|_+[.-][._-]*/g, '-')
    .slice(0, MAX_NAME_LENGTH)
    .replaceAll(/^[._-]+|[._-]+$/g, '');
  return name === '' ? 'app' : name;
}
