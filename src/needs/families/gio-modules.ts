import { needFamily } from '../need-family.ts';
import { isDynamic } from '../program-kinds.ts';
import { missing, reasonOf, type Supplier } from '../supply.ts';
import { libraryFolders } from '../supply-directory.ts';

/** GLib's TLS is in a module; the first that is there is taken, as GIO does by its priority. */
const TLS_MODULES = ['libgiognutls.so', 'libgioopenssl.so'];
const NEEDS_TLS = [
  'g_tls_backend_get_default',
  'g_tls_client_connection_new',
  'g_tls_server_connection_new',
  'g_socket_client_set_tls',
  'soup_session_new',
  'soup_session_new_with_options',
];

const supply: Supplier = (need, { host, dynamic }) => {
  if (!dynamic)
    return missing('it loads modules of GIO, which a static program cannot', 'link GLib dynamically');
  const modules = libraryFolders(host, 'gio/modules').flatMap((folder) =>
    TLS_MODULES.map((name) => `${folder}/${name}`).filter(
      (path) => host.resolve(path)?.entry.kind === 'file',
    ),
  );
  const [name, ...otherNames] = modules;
  return name === undefined
    ? missing('the build machine has no module of GIO for TLS', 'apt-get install glib-networking')
    : { libraries: [{ name, otherNames, reason: reasonOf(need) }] };
};

/** Modules that GIO loads: TLS is one. */
export const gioModules = needFamily({
  need: 'gio-modules',
  signatures: [{ find: 'symbol', anyOf: NEEDS_TLS, when: isDynamic, level: 'likely', inLibraries: 'no' }],
  failure: 'TLS/SSL support not available; install glib-networking',
  fix: 'libgiognutls.so in the folder gio/modules of this GLib, from the package glib-networking',
  sizeBytes: 200_000,
  paths: [/\/gio\/modules(?:\/|$)/],
  brings: 'the module for TLS of this machine’s `gio/modules`, with its libraries',
  supply,
  lackIs: 'missing-library',
});
