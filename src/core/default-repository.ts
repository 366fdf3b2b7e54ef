/** As ko's KO_DOCKER_REPO: below which images are pushed whose names have no registry. */
export const REPOSITORY_VARIABLE = 'MORSEL_DOCKER_REPO';

/** `ghcr.io/me`; '' where nobody says. */
export function defaultRepository(): string {
  return process.env[REPOSITORY_VARIABLE] ?? '';
}
