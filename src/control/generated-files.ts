/** What tools make on every machine out of what packages brought: a cache, an index, compiled dictionaries. */
interface GeneratedFiles {
  /** The tool that makes them, by which they could be made anew. */
  readonly by: string;
  readonly path: RegExp;
}

/**
 * Where packages alone put files. Under /etc, /usr/local and /opt nothing is taken for generated, but for a time zone that
 * says what its absence says: a control run sees one of UTC only, by whose name some look for it (postgres, ICU).
 */
const TABLE: readonly GeneratedFiles[] = [
  { by: 'tzdata', path: /^\/etc\/localtime$/ },
  { by: 'iconvconfig', path: /^\/usr\/lib\/(?:.*\/)?gconv\/gconv-modules\.cache$/ },
  { by: 'localedef', path: /^\/usr\/lib\/locale\/.+$/ },
  { by: 'update-mime-database', path: /^\/usr\/share\/mime\/(?:[^/]+|[a-z-]+\/[^/]+\.xml)$/ },
  { by: 'update-desktop-database', path: /^\/usr\/share\/applications\/mimeinfo\.cache$/ },
  { by: 'gtk-update-icon-cache', path: /^\/usr\/share\/icons\/.+\/icon-theme\.cache$/ },
  { by: 'gdk-pixbuf-query-loaders', path: /^\/usr\/lib\/.+\/loaders\.cache$/ },
  { by: 'gtk-query-immodules', path: /^\/usr\/lib\/.+\/immodules\.cache$/ },
  { by: 'gio-querymodules', path: /^\/usr\/lib\/.+\/giomodule\.cache$/ },
  { by: 'glib-compile-schemas', path: /^\/usr\/share\/glib-2\.0\/schemas\/gschemas\.compiled$/ },
  { by: 'fc-cache', path: /^\/var\/cache\/fontconfig\/[^/]+$/ },
  {
    by: 'mkfontscale',
    path: /^\/usr\/share\/fonts\/.+\/(?:fonts\.(?:dir|scale|alias)|encodings\.dir|\.uuid)$/,
  },
  { by: 'update-gsfonts', path: /^\/var\/lib\/ghostscript\/.+$/ },
  { by: 'vlc-cache-gen', path: /^\/usr\/lib\/.+\/vlc\/plugins\/plugins\.dat$/ },
  { by: 'gst-plugin-scanner', path: /^\/usr\/lib\/.+\/gstreamer-1\.0\/registry\.[^/]+\.bin$/ },
  { by: 'mktexlsr', path: /^\/usr\/(?:share|local\/share)\/texmf(?:-dist)?\/ls-R(?:-[A-Z]+)?$/ },
  { by: 'update-texmf', path: /^\/var\/lib\/tex(?:mf|live)(?:\/.+)?\/[^/]+$/ },
  { by: 'aspell-autobuildhash', path: /^\/var\/lib\/(?:aspell|ispell|dictionaries-common)\/.+$/ },
  { by: 'update-dictcommon', path: /^\/var\/cache\/dictionaries-common\/[^/]+$/ },
  { by: 'pg_updatedicts', path: /^\/var\/cache\/postgresql\/dicts\/[^/]+$/ },
  { by: 'ghc-pkg recache', path: /^\/(?:usr|var)\/lib\/ghc(?:-[^/]+)?\/.*package\.cache$/ },
  { by: 'systemd-hwdb', path: /^\/usr\/lib\/udev\/hwdb\.bin$/ },
  { by: 'update-xmlcatalog', path: /^\/var\/lib\/(?:xml-core|sgml-base)\/[^/]+$/ },
  { by: 'java -Xshare:dump', path: /^\/usr\/lib\/jvm\/.+\/classes(?:_nocoops)?\.jsa$/ },
  { by: 'install-info', path: /^\/usr\/share\/info\/dir$/ },
  { by: "a package's trigger", path: /^\/usr\/(?!local\/).+\.cache$/ },
  { by: 'depmod', path: /^\/usr\/lib\/modules\/[^/]+\/modules\.[a-z.]+$/ },
];

/** The tool that makes such a file; null where none is known to. */
export function generatorOf(path: string): string | null {
  return TABLE.find((row) => row.path.test(path))?.by ?? null;
}

/** Directories below /var that hold such files and nothing else: a control run sees them whole. */
export const GENERATED_DIRECTORIES: readonly string[] = [
  '/var/cache/dictionaries-common',
  '/var/cache/fontconfig',
  '/var/cache/postgresql/dicts',
  '/var/lib/aspell',
  '/var/lib/dictionaries-common',
  '/var/lib/ghc',
  '/var/lib/ghostscript',
  '/var/lib/ispell',
  '/var/lib/sgml-base',
  '/var/lib/texmf',
  '/var/lib/xml-core',
];
