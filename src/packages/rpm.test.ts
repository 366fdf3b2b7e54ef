import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTool } from '../../test/reference-tools.ts';
import { rpmRecords } from './index.ts';

const SPEC = `Name: morsel-test
Version: 1
Release: 1
Summary: test
License: MIT
BuildArch: noarch
%description
test
%install
mkdir -p %{buildroot}/etc %{buildroot}/usr/share/morsel-test
echo setting > %{buildroot}/etc/morsel-test.conf
echo data > "%{buildroot}/usr/share/morsel-test/a name"
%files
%config(noreplace) /etc/morsel-test.conf
%dir /usr/share/morsel-test
"/usr/share/morsel-test/a name"
`;

/** A real database, made by the real rpm. */
describe.skipIf(!hasTool('rpmbuild'))('rpmRecords', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rpm-'));
    mkdirSync(join(folder, 'db'));
    writeFileSync(join(folder, 'x.spec'), SPEC);
    const run = (program: string, ...args: readonly string[]): void =>
      void execFileSync(program, args, { stdio: 'ignore' });
    run('rpmbuild', '--define', `_topdir ${folder}`, '-bb', join(folder, 'x.spec'));
    const built = join(folder, 'RPMS/noarch/morsel-test-1-1.noarch.rpm');
    run('rpm', '--dbpath', join(folder, 'db'), '--justdb', '--nodeps', '-i', built);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('knows whose files are, and what configuration was', async () => {
    const wanted = [
      '/etc/morsel-test.conf',
      '/usr/share/morsel-test/a name',
      '/usr/share/morsel-test',
      '/etc',
    ];
    const recordOf = await rpmRecords(wanted, { databaseDirectory: join(folder, 'db') });
    const hex = createHash('sha256').update('setting\n').digest('hex');
    const base = { package: 'morsel-test', isShared: false, configuration: null };
    expect(wanted.map(recordOf)).toEqual([
      { ...base, configuration: { algorithm: 'sha256', hex } },
      base,
      base,
      null,
    ]);
  });

  it('knows nothing where there is no database', async () => {
    const recordOf = await rpmRecords(['/etc'], { databaseDirectory: join(folder, 'none') });
    expect(recordOf('/etc')).toBeNull();
  });
});
