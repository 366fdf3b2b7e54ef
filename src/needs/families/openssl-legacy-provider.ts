import { needFamily } from '../need-family.ts';
import { hostFile, missing, type Supplier } from '../supply.ts';

const LIBCRYPTO = /^libcrypto\.so/;

const supply: Supplier = (need, { host, dynamic }) => {
  const directory = need.details?.['modulesdir'];
  if (directory === undefined || !dynamic) {
    return missing(
      'it loads OpenSSL providers, which a static program cannot',
      'link OpenSSL dynamically, or build it with no-module',
    );
  }
  const path = `${directory}/legacy.so`;
  const file = hostFile(host, path, path, need);
  return file === null
    ? missing(
        `the build machine has no ${path}`,
        'apt-get install libssl3 (openssl-provider-legacy on Debian 13)',
      )
    : { entries: [file] };
};

/**
 * OpenSSL 3's provider modules, opened at run time from the directory that was compiled in: only the bytes know where,
 * and a base is not judged by it.
 */
export const opensslLegacyProvider = needFamily({
  need: 'openssl-legacy-provider',
  signatures: [
    {
      find: 'import',
      anyOf: [
        'EVP_md4',
        'EVP_rc4',
        'EVP_bf_cbc',
        'EVP_des_cbc',
        'EVP_cast5_cbc',
        'EVP_rc2_cbc',
        'EVP_mdc2',
        'EVP_whirlpool',
        'EVP_idea_cbc',
        'EVP_seed_cbc',
      ],
      level: 'possible',
    },
    { find: 'import', anyOf: ['OSSL_PROVIDER_load', 'OSSL_PROVIDER_try_load'], level: 'possible' },
  ],
  decide: (found, context) => {
    const modulesdir = context.quotedAfter('MODULESDIR: "', LIBCRYPTO);
    if (modulesdir === null && !context.hasString('legacy')) return null;
    const asked = context.hasSymbol('OSSL_PROVIDER_load') && context.hasString('legacy');
    return {
      level: asked ? 'likely' : 'possible',
      evidence: asked ? `${found.evidence}, beside "legacy"` : found.evidence,
      ...(modulesdir === null ? {} : { details: { modulesdir } }),
    };
  },
  failure: 'digital envelope routines: unsupported; could not load the shared library ossl-modules/legacy.so',
  fix: 'legacy.so in the MODULESDIR of this OpenSSL (125,000 bytes)',
  sizeBytes: 125_000,
  supply,
});
