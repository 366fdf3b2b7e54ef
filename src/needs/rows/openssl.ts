import type { NeedRow } from '../need-row.ts';

const LIBCRYPTO = /^libcrypto\.so/;

/** OpenSSL 3's provider modules, opened at run time from the directory that was compiled in. */
export const opensslRows: readonly NeedRow[] = [
  {
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
    failure:
      'digital envelope routines: unsupported; could not load the shared library ossl-modules/legacy.so',
    fix: 'legacy.so in the MODULESDIR of this OpenSSL (125,000 bytes)',
    sizeBytes: 125_000,
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
  },
];
