import { confirmed, type ImageInUse, OPEN, type Ruling } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { firstFile } from '../places.ts';
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

/** Debian's, Alpine's and Fedora's folders of providers. */
const MODULE_FOLDERS = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/usr/local/lib64', '/lib'] as const;

function checkProvider({ tree }: ImageInUse): Ruling {
  const folders = MODULE_FOLDERS.flatMap((folder) => [
    folder,
    ...tree
      .list(folder)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => `${folder}/${name}`),
  ]);
  const found = firstFile(
    tree,
    folders.map((folder) => `${folder}/ossl-modules/legacy.so`),
  );
  // A file that is there need not be loaded: that is the configuration's affair.
  return found === null ? confirmed('no ossl-modules/legacy.so in the image') : OPEN;
}

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
  paths: [/\/ossl-modules(?:\/|$)/],
  brings: '`legacy.so` in the MODULESDIR of this OpenSSL',
  supply,
  causes: [
    {
      cause: 'no-legacy-provider',
      title:
        'OpenSSL 3 keeps old algorithms (MD4, RC4, Blowfish, DES) in its legacy provider, which is not loaded here',
      check: checkProvider,
      command: () => 'openssl list -providers  # and: find . -path "*ossl-modules/legacy.so"',
      fixes: [
        'have legacy.so of the same OpenSSL in the image: openssl-provider-legacy (Debian 13), libssl3 (Debian 12)',
        'load it: openssl.cnf with `legacy = legacy_sect` and `activate = 1`, or OSSL_PROVIDER_load in the program',
        'Node: NODE_OPTIONS=--openssl-legacy-provider, or tools (webpack 4) that use another hash',
      ],
    },
  ],
  texts: [
    {
      name: 'OpenSSL 3: an algorithm of the legacy provider',
      match:
        /digital envelope routines\]?:{0,2}\s*(?:\w+:)?unsupported|error:0308010C|ERR_OSSL_EVP_UNSUPPORTED|could not load the shared library[^\n]*legacy|legacy\.so: cannot open shared object file|[Uu]nable to load (?:the )?legacy provider|ossl-modules\/legacy\.so/,
      causes: ['no-legacy-provider'],
      by: 'libc',
    },
  ],
});
