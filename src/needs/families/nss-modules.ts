import type { FileTree } from '../../rootfs/file-tree.ts';
import { findByName } from '../find-by-name.ts';
import { type Ruling, confirmed, ruledOut } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isStaticGlibc } from '../program-kinds.ts';
import { entries, textFile } from '../supply.ts';

export const NSSWITCH = '/etc/nsswitch.conf';
/** The modules that every glibc has, and those before 2.34 beside them. */
export const ONLY_FILES = 'passwd: files\ngroup: files\nhosts: files dns\n';
/** It has some lines; more is not read. */
const NSSWITCH_LIMIT_BYTES = 65_536;
/** A look-up by another module than `files` and `dns`, which come with glibc. */
const OTHER_MODULE =
  /^(?:passwd|group|hosts):.*?\b(compat|mymachines|mdns\w*|resolve|myhostname|systemd|nis|ldap|sss|winbind)\b/m;

function checkModules({ tree }: { readonly tree: FileTree }): Ruling {
  const source = tree.open(NSSWITCH);
  if (source === null) return ruledOut(`there is no ${NSSWITCH}`);
  const text = source.read(0, NSSWITCH_LIMIT_BYTES).toString('utf8');
  source.close();
  const module = OTHER_MODULE.exec(text)?.[1];
  if (module === undefined) return ruledOut('it names only files and dns');
  const library = `libnss_${module}.so.2`;
  const found = findByName(tree, library);
  return confirmed(`${NSSWITCH} names ${module}, and ${found ?? `${library} is not in the image`}`);
}

/** How a static glibc looks up users and hosts: it loads the modules that nsswitch.conf names. */
export const nssModules = needFamily({
  need: 'nss-modules',
  signatures: [{ find: 'string', anyOf: [NSSWITCH], when: isStaticGlibc, level: 'possible' }],
  failure:
    'on a base whose nsswitch.conf names another module than `files` and `dns`, look-ups return nothing without an error, or the module of another glibc ends the program with SIGFPE (exit 136)',
  fix: 'ship no /etc/nsswitch.conf, or one with `passwd: files`, `group: files`, `hosts: files dns`',
  sizeBytes: 47,
  paths: [NSSWITCH],
  brings: `\`${NSSWITCH}\` with \`files\` and \`dns\` alone`,
  supply: (need) => entries(textFile(NSSWITCH, ONLY_FILES, need)),
  causes: [
    {
      cause: 'nsswitch-module',
      title: 'the image’s nsswitch.conf names a module that the program cannot load',
      check: checkModules,
      command: () => 'cat etc/nsswitch.conf',
      fixes: [
        'ship `passwd: files`, `group: files`, `hosts: files dns`, or no nsswitch.conf',
        'a static glibc program loads modules of its own version only: another one ends it with SIGFPE (136)',
      ],
    },
  ],
});
