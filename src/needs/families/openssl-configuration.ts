import { opensslDirectory } from '../certificates/bundle-places.ts';
import { needFamily } from '../need-family.ts';
import type { NeedContext } from '../signature.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

/** Where Debian's OpenSSL looks, for what is said without a program. */
const USUAL = '/usr/lib/ssl/openssl.cnf';

const configurationOf = (context: NeedContext): string =>
  context.env['OPENSSL_CONF'] ?? `${opensslDirectory(context) ?? '/usr/lib/ssl'}/openssl.cnf`;

const supply: Supplier = (need, { host }) => {
  const path = need.details?.['configuration'] ?? USUAL;
  if (!/^\/[\w./+-]+$/.test(path)) return null;
  const file = hostFile(host, path, path, need);
  return file === null
    ? missing(`the build machine has no ${path}`, `apt-get install openssl, or --add openssl.cnf:${path}`)
    : entries(file);
};

/** OpenSSL's configuration: its library does without, `openssl req` and `ca` do not. */
export const opensslConfiguration = needFamily({
  need: 'openssl-configuration',
  signatures: [
    { find: 'symbol', anyOf: ['CONF_get1_default_config_file'], level: 'likely', inLibraries: 'no' },
    {
      find: 'import',
      anyOf: ['CONF_modules_load_file', 'NCONF_load', 'OSSL_LIB_CTX_load_config'],
      level: 'possible',
      inLibraries: 'no',
    },
  ],
  decide: (found, context) => {
    const configuration = configurationOf(context);
    const isNamed = context.env['OPENSSL_CONF'] !== undefined;
    return {
      level: isNamed ? 'certain' : found.level,
      evidence: `${found.evidence}; it is ${configuration}`,
      details: { configuration },
    };
  },
  failure: "Can't open openssl.cnf for reading, No such file or directory",
  fix: (context) => `${configurationOf(context)} (12 kB)`,
  sizeBytes: 12_332,
  paths: [USUAL, '/etc/ssl/openssl.cnf'],
  brings: '`openssl.cnf` of this machine, in the OPENSSLDIR of this OpenSSL or where `OPENSSL_CONF` says',
  supply,
});
