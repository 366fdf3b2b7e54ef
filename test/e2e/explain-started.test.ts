import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgeTree } from '../../src/base/index.ts';
import { openByteSource } from '../../src/core/byte-source.ts';
import { readElf } from '../../src/elf/index.ts';
import { explain } from '../../src/explain/index.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool, requireInCi } from '../reference-tools.ts';
import { add, addText, compile, emptyRoot, removeRoots } from './needs-root.ts';
import { alone, asHello, HELLO, imageConfig, start } from './broken-images.ts';

/** Images whose program starts: what a text is of that comes later, or of another program, their files decide. */
const isRoot = requireInCi('root, for chroot', process.getuid?.() === 0);
const have = (...tools: readonly string[]): boolean => isRoot && tools.every((tool) => hasTool(tool));
afterAll(removeRoots);

const ENOENT = 'exec /hello: no such file or directory';

describe.skipIf(!have('gcc'))('an image that starts', () => {
  it('has nothing to explain, and rules out what a text usually means', async () => {
    const broken = alone(compile('gcc -static', HELLO));
    expect(start(broken)).toMatchObject({ exitCode: 0, output: 'hello\n' });
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    expect(await explain({ target })).toMatchObject({ certainty: 'none', causes: [] });
    const wrongImage = await explain({ errorText: ENOENT, target });
    expect(wrongImage.certainty).toBe('none');
    expect(wrongImage.ruledOut.map(({ cause }) => cause)).toContain('missing-interpreter');
  });

  it('without libgcc_s, the text of pthread_exit is decided by the files', async () => {
    const source =
      '#include <pthread.h>\nstatic void*f(void*a){(void)a;pthread_exit(0);}\nint main(void){pthread_t t;pthread_create(&t,0,f,0);pthread_join(t,0);return 0;}';
    const root = emptyRoot(compile('gcc', source));
    const broken = asHello(root);
    const { output } = start(broken);
    const explanation = await explain({
      errorText: output,
      target: { tree: directoryTree(root.directory), config: imageConfig(broken) },
    });
    expect(explanation).toMatchObject({ certainty: 'decided', causes: [{ cause: 'libgcc-missing' }] });
  });

  it('predicts what it will want and the image lacks', async () => {
    const source =
      '#include <stdio.h>\n#include <stdlib.h>\nint main(void){char n[]="/tmp/xXXXXXX";return mkstemp(n)<0;}';
    const broken = asHello(emptyRoot(compile('gcc', source)));
    expect(start(broken).exitCode).toBe(1);
    const explanation = await explain({
      target: { tree: directoryTree(broken.directory), config: imageConfig(broken) },
    });
    expect(explanation).toMatchObject({
      certainty: 'possible',
      causes: [{ cause: 'no-tmp', status: 'possible' }],
    });
    expect(explanation.causes[0]?.evidence).toContain('uses mkstemp');
  });

  it.each([
    ['Error opening terminal: xterm-256color.', 'terminal-description', /no terminfo entry xterm-256color/],
    ['Error loading shared library: Dynamic loading not supported', 'static-dlopen', /static glibc program/],
    ['panic: unknown time zone Asia/Tokyo', 'no-time-zone', /no \/usr\/share\/zoneinfo\/Asia\/Tokyo/],
    [
      'panic: open templates/index.html: no such file or directory',
      'missing-file',
      /no \/srv\/templates\/index.html in the image: templates\/index.html is looked up from the working directory \/srv/,
    ],
    ['fopen: /etc/app.conf: No such file or directory', 'missing-file', /no \/etc\/app.conf/],
    [
      "ERROR: ld.so: object '/usr/lib/libjemalloc.so.2' from LD_PRELOAD cannot be preloaded",
      'missing-preload',
      /no such file/,
    ],
    ["ModuleNotFoundError: No module named 'encodings'", 'language-library', /encodings/],
    ['iconv_open: Invalid argument', 'no-character-sets', /static glibc program/],
    ['error:0308010C:digital envelope routines::unsupported', 'no-legacy-provider', /legacy\.so/],
    ['tmux: need UTF-8 locale (LC_CTYPE) but have ANSI_X3.4-1968', 'no-utf8-locale', /LANG/],
    ["env: 'python3': No such file or directory", 'missing-program', /no python3/],
    ['sh: ./tool: not found', 'missing-interpreter', /\/srv\/tool asks for \/lib64\/ld-linux/],
    ['I cannot open /var/lib/x/state.db', 'missing-file', /no \/var\/lib\/x\/state\.db/],
  ])('is not what the text is of: %s', async (errorText, cause, evidence) => {
    const broken = alone(compile('gcc -static', HELLO));
    mkdirSync(join(broken.directory, 'usr/share/terminfo/x'), { recursive: true });
    writeFileSync(join(broken.directory, 'usr/share/terminfo/x/xterm'), '');
    mkdirSync(join(broken.directory, 'srv'));
    copyFileSync(compile('gcc', HELLO), join(broken.directory, 'srv/tool'));
    const config = imageConfig(broken);
    const target = {
      tree: directoryTree(broken.directory),
      config: { ...config, config: { ...config.config, WorkingDir: '/srv' } },
    };
    const explanation = await explain({ errorText, target });
    expect(explanation.certainty).toBe('decided');
    expect(explanation.causes[0]).toMatchObject({ cause, status: 'confirmed' });
    expect(explanation.causes[0]?.evidence).toMatch(evidence);
  });

  it('has the terminal, the zone and the file that the text names: they are ruled out', async () => {
    const broken = alone(compile('gcc -static', HELLO));
    for (const path of ['usr/share/terminfo/x/xterm', 'usr/share/zoneinfo/Asia/Tokyo', 'etc/app.conf']) {
      mkdirSync(join(broken.directory, dirname(path)), { recursive: true });
      writeFileSync(join(broken.directory, path), '');
    }
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    for (const errorText of [
      'Error opening terminal: xterm.',
      'unknown time zone Asia/Tokyo',
      'open /etc/app.conf: no such file or directory',
    ])
      expect(await explain({ errorText, target }), errorText).toMatchObject({
        certainty: 'none',
        causes: [],
      });
  });

  it('takes a vague text, and says what the files show', async () => {
    const broken = alone(compile('gcc', HELLO));
    const target = { tree: directoryTree(broken.directory), config: imageConfig(broken) };
    expect((await explain({ errorText: 'CrashLoopBackOff', target })).causes[0]?.cause).toBe(
      'missing-interpreter',
    );
    expect((await explain({ errorText: 'it does not work', target })).causes[0]?.cause).toBe(
      'missing-interpreter',
    );
  });

  it('reads a command that is given instead of the image’s', async () => {
    const root = emptyRoot(compile('gcc -static', HELLO));
    addText(root, '/etc/hostname', 'x');
    add(root, root.closure.path, '/bin/tool');
    const target = { tree: directoryTree(root.directory), config: null, command: ['tool'] };
    expect((await explain({ target })).certainty).toBe('none');
    expect((await explain({ target: { ...target, command: ['other'] } })).causes[0]?.cause).toBe(
      'command-not-found',
    );
  });

  it('but for a library that was cut short: the loader does not look, and the first access is a SIGBUS', async () => {
    const source = 'char big[100000] = {1};\nint foo(void) { return big[99999]; }\n';
    const library = compile('gcc', source, '-shared', '-fPIC', '-Wl,-soname,libcut.so');
    const program = compile(
      'gcc',
      'int foo(void);\nint main(void) { return foo(); }\n',
      '-x',
      'none',
      library,
      '-Wl,-rpath,/opt',
    );
    const root = emptyRoot('/bin/true');
    add(root, program, '/hello');
    add(root, library, '/opt/libcut.so');
    const broken = { directory: root.directory };
    expect(start(broken).exitCode).toBe(0);
    truncateSync(join(root.directory, 'opt/libcut.so'), 50_000);
    expect(start(broken).exitCode).not.toBe(0);
    const tree = directoryTree(root.directory);
    const target = { tree, config: imageConfig(broken) };
    const { causes } = await explain({ errorText: 'exited with code 135', target });
    expect(causes[0]).toMatchObject({ cause: 'damaged-library', status: 'confirmed' });
    const open = openByteSource(join(root.directory, 'hello'));
    const facts = readElf(open);
    open.close();
    expect(judgeTree({ facts, needs: [], tree, path: '/hello' })).toMatchObject({
      runs: 'no',
      reason: expect.stringMatching(/^\/opt\/libcut\.so is damaged: \d+ bytes are missing/),
    });
  });
});
