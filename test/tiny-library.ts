import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What `configure` of the library does after it has read its words. */
export interface TinyOptions {
  readonly configure?: string;
  /** The debian patch turns 41 into this. */
  readonly answer?: number;
  readonly version?: string;
}

const CONFIGURE = `#!/bin/sh
printf 'CC = %s\\nAR = %s\\n' "$CC" "$AR" >config.mk
`;
const MAKEFILE = `include config.mk
all: libtiny.a
tiny.o: tiny.c tiny.h
	$(CC) -g -c tiny.c
libtiny.a: tiny.o
	$(AR) rc libtiny.a tiny.o
install: all
	mkdir -p $(DESTDIR)/usr/include $(DESTDIR)/usr/lib/pkgconfig $(DESTDIR)/usr/share/man
	cp tiny.h $(DESTDIR)/usr/include/tiny.h
	cp libtiny.a $(DESTDIR)/usr/lib/libtiny.a
	echo "/absolute" >$(DESTDIR)/usr/lib/libtiny.la
	printf 'prefix=/usr\\nName: tiny\\nDescription: x\\nVersion: 1.0\\nLibs: -L\${prefix}/lib -ltiny\\n' >$(DESTDIR)/usr/lib/pkgconfig/tiny.pc
`;

/** Makes the tarballs of a source package \`tiny\` as Debian has them: an original and one with a patch. */
export function makeTinySources(folder: string, options: TinyOptions = {}): readonly string[] {
  const { configure = '', answer = 42, version = '1.0' } = options;
  const source = `tiny-${version}`;
  writeAll(folder, {
    [`${source}/configure`]: CONFIGURE + configure,
    [`${source}/Makefile`]: MAKEFILE,
    [`${source}/tiny.h`]: 'int tiny_answer(void);\nconst char *tiny_file(void);\n',
    [`${source}/tiny.c`]:
      '#include "tiny.h"\nint tiny_answer(void) { return 41; }\nconst char *tiny_file(void) { return __FILE__; }\n',
    'debian/patches/series': '# all\nanswer.patch # the right one\n',
    'debian/patches/answer.patch': `Description: x
--- a/tiny.c
+++ b/tiny.c
@@ -1,3 +1,3 @@
 #include "tiny.h"
-int tiny_answer(void) { return 41; }
+int tiny_answer(void) { return ${answer}; }
 const char *tiny_file(void) { return __FILE__; }
`,
  });
  chmodSync(join(folder, source, 'configure'), 0o755);
  const original = join(folder, `tiny_${version}.orig.tar.gz`);
  const debian = join(folder, `tiny_${version}-1.debian.tar.xz`);
  execFileSync('tar', ['-czf', original, source], { cwd: folder });
  execFileSync('tar', ['-cJf', debian, 'debian'], { cwd: folder });
  return [original, debian];
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
