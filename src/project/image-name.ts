/** OCI distribution-spec: path components are lower case, with separators only between alphanumerics. */
const MAX_NAME_LENGTH = 100;

/** A project's own name as an OCI repository name: `My_App` gives `my_app`, `C++ demo!` gives `c-demo`; else `app`. */
export function imageName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/_{3,}/g, '__')
    .replaceAll(/([.-])[._-]+|_+[.-][._-]*/g, '-')
    .slice(0, MAX_NAME_LENGTH)
    .replaceAll(/^[._-]+|[._-]+$/g, '');
  return name === '' ? 'app' : name;
}
