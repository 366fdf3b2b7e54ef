import type { FileTree } from '../../rootfs/file-tree.ts';
import { confirmed, type ImageInUse, OPEN, type Ruling } from '../lack.ts';
import { needFamily } from '../need-family.ts';
import { isFile } from '../places.ts';
import { entries, type FoundNeed, hostFile, missing, type Supplier } from '../supply.ts';
import { hostDirectory } from '../supply-directory.ts';

const CONFIGURATION = '/etc/fonts/fonts.conf';
const RULES = '/etc/fonts/conf.d';
const FONTS = '/usr/share/fonts';
const FONT_FILE = /\.(?:ttf|otf|ttc|pfb)$/;

/** One family that covers most of Latin, Greek and Cyrillic; of others the first that is there. */
const FAMILIES = [
  /\/DejaVuSans(?:-Bold)?\.ttf$/,
  /\/LiberationSans-(?:Regular|Bold)\.ttf$/,
  /\/NotoSans-(?:Regular|Bold)\.ttf$/,
];

function oneFamily(host: FileTree, need: FoundNeed) {
  const all = hostDirectory(host, FONTS, need).filter(({ path }) => FONT_FILE.test(path));
  const family = FAMILIES.map((name) => all.filter(({ path }) => name.test(path))).find(
    (files) => files.length > 0,
  );
  return family ?? all.slice(0, 1);
}

/** Whole fonts: which letters a text has is not known. */
const supply: Supplier = (need, { host }) => {
  const family = oneFamily(host, need);
  const configuration = hostFile(host, CONFIGURATION, CONFIGURATION, need);
  return family.length === 0 || configuration === null
    ? missing(
        'the build machine has no fonts for fontconfig',
        'apt-get install fontconfig-config fonts-dejavu-core',
      )
    : entries(configuration, ...hostDirectory(host, RULES, need), ...family);
};

const hasFont = (tree: FileTree, directory: string, depth = 0): boolean =>
  tree.list(directory).some((name) => {
    const path = `${directory}/${name}`;
    return (
      FONT_FILE.test(name) ||
      (depth < 4 && tree.lstat(path)?.kind === 'directory' && hasFont(tree, path, depth + 1))
    );
  });

function checkFonts({ tree }: ImageInUse): Ruling {
  if (!isFile(tree, CONFIGURATION)) return confirmed(`no ${CONFIGURATION} in the image`);
  return hasFont(tree, FONTS) ? OPEN : confirmed(`no font below ${FONTS}`);
}

/** Fonts, which fontconfig finds by its configuration. */
export const fonts = needFamily({
  need: 'fonts',
  signatures: [
    {
      find: 'symbol',
      anyOf: [
        'FcInit',
        'FcInitLoadConfigAndFonts',
        'FcFontMatch',
        'FcFontSort',
        'FcFontList',
        'FcConfigGetCurrent',
      ],
      level: 'likely',
    },
    {
      find: 'import',
      anyOf: [
        'pango_cairo_create_layout',
        'cairo_select_font_face',
        'gtk_init',
        'XftFontOpenName',
        'gdImageStringFT',
      ],
      level: 'likely',
      inLibraries: 'no',
    },
  ],
  failure: 'Fontconfig error: Cannot load default config file; text is drawn as boxes, or not at all',
  fix: `${CONFIGURATION}, ${RULES} and a font below ${FONTS} (DejaVu Sans: 1.5 MB)`,
  sizeBytes: 1_500_000,
  fulfilledBy: (tree) => isFile(tree, CONFIGURATION) && hasFont(tree, FONTS),
  paths: ['/etc/fonts', FONTS, '/usr/share/fontconfig', '/var/cache/fontconfig'],
  brings: `\`${CONFIGURATION}\`, \`${RULES}\` and one family: DejaVu Sans, Liberation Sans or Noto Sans, else the first font of this machine`,
  supply,
  causes: [
    {
      cause: 'no-fonts',
      title: 'the image has no fonts, or no configuration by which fontconfig finds them',
      check: checkFonts,
      fixes: [
        'pack one family and the configuration: `morsel build PROJECT --with fonts`',
        'apt-get install fontconfig-config fonts-dejavu-core; apk add fontconfig ttf-dejavu',
      ],
    },
  ],
  texts: [
    {
      name: 'fontconfig: no configuration, or no fonts',
      match:
        /Fontconfig (?:error|warning): [^\n]*(?:Cannot load default config|no <dir> elements)|Cannot load default config file: No such file|no fonts? (?:found|available)|Fontconfig head is null/i,
      causes: ['no-fonts'],
    },
  ],
});
