import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/explain/index.ts';
import { inspectTree } from '../../src/inspect/inspect-tree.ts';
import type { RuntimeConfig } from '../../src/oci/config.ts';
import { directoryTree } from '../../src/rootfs/index.ts';
import { hasTool } from '../reference-tools.ts';
import { LoaderLab } from './loader-lab.ts';
import { GLIBC_LOADER } from './loader-oracle.ts';

// What an image's configuration says to the loader counts for `inspect` and `explain` of it (microsoft/onefuzz#1827,
// DataDog/datadog-agent#31069); the rules themselves are set before the real loaders in loader-*.test.ts.
describe.skipIf(!hasTool('gcc') || process.arch !== 'x64')(
  'programs by the configuration of their image',
  () => {
    let lab = new LoaderLab();
    beforeAll(() => {
      lab.remove();
      lab = new LoaderLab();
      chmodSync(lab.dir, 0o755);
      lab.library('opt/lib/liba.so');
      lab.program('app', { needs: [lab.path('opt/lib/liba.so')] });
      lab.program('bin/beside', { needs: [lab.path('opt/lib/liba.so')], runpath: '$ORIGIN/../opt/lib' });
      mkdirSync(lab.path('lib64'));
      copyFileSync(GLIBC_LOADER, lab.path(GLIBC_LOADER.slice(1)));
    });
    afterAll(() => lab.remove());

    const USER = { uid: 65532, gid: 65532 };

    async function missing(config: RuntimeConfig, user = USER) {
      const tree = directoryTree(lab.dir);
      const start = {
        env: Object.fromEntries((config.Env ?? []).map((text) => text.split('=') as [string, string])),
        workingDirectory: config.WorkingDir ?? '/',
        user,
      };
      const report = await inspectTree('img', 'image', tree, { start });
      const { causes } = await explain({
        target: {
          tree,
          config: {
            architecture: 'amd64',
            os: 'linux',
            config: { ...config, User: `${user.uid}:${user.gid}` },
            rootfs: { type: 'layers', diff_ids: [] },
          },
        },
      });
      const explained = causes.filter(({ status }) => status === 'confirmed').map(({ cause }) => cause);
      return { inspected: report.missing, explained };
    }

    it.each([
      ['nothing', {}, false],
      ['an absolute directory', { Env: ['LD_LIBRARY_PATH=/nowhere:/opt/lib'] }, true],
      ['one relative to the working directory', { Env: ['LD_LIBRARY_PATH=lib'], WorkingDir: '/opt' }, true],
      ['the working directory itself', { Env: ['LD_LIBRARY_PATH=:'], WorkingDir: '/opt/lib' }, true],
      ['one relative to another', { Env: ['LD_LIBRARY_PATH=lib'] }, false],
    ])('%s', async (_, config, isFound) => {
      const { inspected, explained } = await missing({ ...config, Entrypoint: ['/app'] });
      expect(inspected).toEqual(isFound ? [] : [{ name: 'liba.so', neededBy: ['/app'] }]);
      expect(explained).toEqual(isFound ? [] : ['missing-library']);
    });

    it('a program with more rights than its user has finds nothing beside itself', async () => {
      const config = { Entrypoint: ['/bin/beside'], Env: ['LD_LIBRARY_PATH=/opt/lib'] };
      chmodSync(lab.path('bin/beside'), 0o4755);
      const answer = await missing(config);
      expect(answer).toEqual({
        inspected: [{ name: 'liba.so', neededBy: ['/bin/beside'] }],
        explained: ['missing-library'],
      });
      chmodSync(lab.path('bin/beside'), 0o755);
      expect(await missing(config)).toEqual({ inspected: [], explained: [] });
    });
  },
);
