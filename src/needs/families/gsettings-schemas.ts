import { confirmed, type ImageInUse, OPEN, type Ruling } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isFile } from '../places.ts';
import { entries, hostFile, missing, type Supplier } from '../supply.ts';

const SCHEMAS = '/usr/share/glib-2.0/schemas';
const COMPILED = `${SCHEMAS}/gschemas.compiled`;

const supply: Supplier = (need, { host }) => {
  const file = hostFile(host, COMPILED, COMPILED, need);
  return file === null
    ? missing(
        `the build machine has no ${COMPILED}`,
        'apt-get install gsettings-desktop-schemas, then run glib-compile-schemas on the folder of the program’s own schemas',
      )
    : entries(file);
};

function checkSchemas({ tree, env }: ImageInUse): Ruling {
  if (env['GSETTINGS_SCHEMA_DIR'] !== undefined || env['XDG_DATA_DIRS'] !== undefined) return OPEN;
  return isFile(tree, COMPILED) ? OPEN : confirmed(`no ${COMPILED} in the image`);
}

/** Schemas of GSettings, which GLib ends a program without. */
export const gsettingsSchemas = needFamily({
  need: 'gsettings-schemas',
  signatures: [
    {
      find: 'symbol',
      anyOf: [
        'g_settings_new',
        'g_settings_new_with_path',
        'g_settings_new_with_backend',
        'g_settings_new_full',
      ],
      level: 'likely',
    },
  ],
  failure:
    'GLib-GIO-ERROR: No GSettings schemas are installed on the system: the program ends with SIGTRAP (133)',
  fix: `${COMPILED} with the schemas that it asks for`,
  sizeBytes: 37_000,
  places: () => [COMPILED],
  paths: [SCHEMAS],
  brings: `\`${COMPILED}\``,
  supply,
  causes: [
    {
      cause: 'no-gsettings-schemas',
      title: 'the image has no compiled schemas of GSettings, or not the one that is asked for',
      check: checkSchemas,
      fixes: [
        `add them: \`morsel build PROJECT --add ${COMPILED}:${COMPILED}\``,
        'for schemas of the program: compile them with glib-compile-schemas, and set GSETTINGS_SCHEMA_DIR',
      ],
    },
  ],
  texts: [
    {
      name: 'GLib: schemas of GSettings',
      match: /No GSettings schemas are installed on the system|Settings schema '[^'\n]+' is not installed/,
      causes: ['no-gsettings-schemas'],
    },
  ],
});
