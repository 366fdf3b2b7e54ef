import { MorselError } from '../core/errors.ts';
import { type Descriptor, type Digest, decodeIndex } from '../oci/index.ts';
import type { RegistryConnection } from './registry-connection.ts';
import { refusal } from './registry-error.ts';
import type { FetchedManifest } from './registry-client.ts';
import { readBody } from './transport/exchange.ts';

export const REFERRERS_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * What refers to a manifest, as the registry lists it (distribution-spec, "Listing Referrers"); null where it has no such
 * list: then a tag has it.
 */
export async function listReferrers(
  connection: RegistryConnection,
  repository: string,
  subject: Digest,
): Promise<readonly Descriptor[] | null> {
  const { registry } = connection;
  const response = await connection.send({
    method: 'GET',
    url: `/v2/${repository}/referrers/${subject}`,
    scopes: [`repository:${repository}:pull`],
  });
  if (response.status === 404 || response.status === 405 || response.status === 400) {
    response.body.resume();
    return null;
  }
  if (response.status !== 200)
    throw await refusal(response, `list what refers to ${subject} in ${registry}/${repository}`, registry);
  const bytes = await readBody(response, REFERRERS_LIMIT_BYTES);
  try {
    return decodeIndex(bytes, `${registry}: the referrers of ${subject}`).manifests;
  } catch (error) {
    // A registry that answers every path with a page.
    if (error instanceof MorselError && error.code === 'IMAGE_INVALID') return null;
    throw error;
  }
}

/** distribution-spec, "Referrers Tag Schema": `sha256-<hex>`. */
export function referrersTag(subject: Digest): string {
  return subject.replace(':', '-');
}

/** The list that a tag has. */
export function taggedReferrers(found: FetchedManifest, where: string): readonly Descriptor[] {
  return decodeIndex(found.bytes, where).manifests;
}
